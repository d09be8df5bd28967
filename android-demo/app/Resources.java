import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compiles and links resources with aapt2: those of every library of Android and the app's own, into one package of resources
 * (`app.ap_`), one class R for each of them (`gen`), and the rules for R8 that keep what the manifest names (`keep.pro`).
 */
class Resources {
    private static final Pattern PACKAGE = Pattern.compile("package=\"([^\"]+)\"");

    public static void main(String[] args) throws IOException, InterruptedException {
        String aapt2 = args[0], android = args[1];
        Path parts = Path.of(args[2]), app = Path.of(args[3]), out = Path.of(args[4]);
        Path compiled = out.resolve("compiled");
        Files.createDirectories(compiled);

        List<String> libraries = new ArrayList<>();
        TreeSet<String> packages = new TreeSet<>();
        for (Path part : list(parts)) {
            Path resources = part.resolve("res");
            if (!Files.isDirectory(resources) || list(resources).isEmpty()) continue;
            Matcher named = PACKAGE.matcher(Files.readString(part.resolve("AndroidManifest.xml")));
            if (named.find()) packages.add(named.group(1));
            Path flat = compiled.resolve(part.getFileName() + ".zip");
            // A library of one version never changes.
            if (!Files.exists(flat)) run(List.of(aapt2, "compile", "--dir", resources.toString(), "-o", flat.toString()));
            libraries.add(flat.toString());
        }
        Path own = compiled.resolve("app.zip");
        Files.deleteIfExists(own);
        run(List.of(aapt2, "compile", "--dir", app.resolve("res").toString(), "-o", own.toString()));

        List<String> link = new ArrayList<>(List.of(
            aapt2, "link", "-I", android, "--manifest", app.resolve("AndroidManifest.xml").toString(),
            "--min-sdk-version", "26", "--target-sdk-version", "35", "--auto-add-overlay", "--no-static-lib-packages",
            "--extra-packages", String.join(":", packages), "--java", out.resolve("gen").toString(),
            "--proguard", out.resolve("keep.pro").toString(), "-o", out.resolve("app.ap_").toString()));
        for (String library : libraries) link.addAll(List.of("-R", library));
        link.addAll(List.of("-R", own.toString()));
        run(link);
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException none) {
            throw new IOException("aapt2 is missing; `cargo xtask setup --android` installs it", none);
        }
        int status = process.waitFor();
        if (status != 0) throw new IOException(command.get(0) + " " + command.get(1) + " failed: " + status);
    }
}
