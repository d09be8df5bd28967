import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Takes Android libraries apart: their classes go into one folder, and what else they have (resources, R.txt, manifest, rules
 * for shrinking) into a folder each. What is newer than its library is left as it is, so that a second build costs nothing.
 */
class Aars {
    public static void main(String[] args) throws IOException {
        Path classes = Path.of(args[1]).normalize(), parts = Path.of(args[2]).normalize();
        for (Path aar : list(Path.of(args[0]))) {
            Path part = parts.resolve(aar.getFileName().toString().replace(".aar", ""));
            Path done = part.resolve("done");
            if (Files.exists(done) && Files.getLastModifiedTime(done).compareTo(Files.getLastModifiedTime(aar)) >= 0) continue;
            try (InputStream in = Files.newInputStream(aar)) {
                unzip(in, part);
            }
            for (Path jar : jars(part)) {
                try (InputStream in = Files.newInputStream(jar)) {
                    unzip(in, classes);
                }
            }
            Files.writeString(done, "");
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".aar")).sorted().toList();
        }
    }

    /** What is on an app's class path. Others are for an IDE: `lint.jar`, `inspector.jar`. */
    private static List<Path> jars(Path part) throws IOException {
        Path libraries = part.resolve("libs");
        try (Stream<Path> files = Files.walk(part)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                .filter(file -> file.equals(part.resolve("classes.jar")) || file.startsWith(libraries)).toList();
        }
    }

    private static void unzip(InputStream from, Path into) throws IOException {
        ZipInputStream zip = new ZipInputStream(from);
        for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
            Path file = into.resolve(entry.getName()).normalize();
            if (!file.startsWith(into)) throw new IOException(entry.getName() + " leads out of its library");
            if (entry.isDirectory()) continue;
            Files.createDirectories(file.getParent());
            Files.copy(zip, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
