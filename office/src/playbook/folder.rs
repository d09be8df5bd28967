//! Reads the playbook files below a folder, whatever an editor made of them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use butler_core::playbook::{Diagnostic, PlaybookError, PlaybookFile};

/// Files in a folder of this name are kept for the records opened under them; nothing new begins under them.
const OLDER: &str = "older";

/// Folders may lie this deep in one another; more is a link that leads back.
const DEEPEST: usize = 16;

/// The playbook files below a folder, in the order of their names.
#[derive(Debug, Default)]
pub struct Folder {
    /// What could be read, named by its path below the folder with `/`.
    pub files: Vec<PlaybookFile>,
    /// What could not be read as text.
    pub unreadable: Vec<PlaybookError>,
}

impl Folder {
    /// Whether a file of this name is in it, readable or not.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        let names = self.files.iter().map(|file| &file.name);
        names.chain(self.unreadable.iter().map(|error| &error.file)).any(|own| own == name)
    }
}

/// Reads every `*.toml` below a folder.
///
/// # Errors
/// The path that the system does not let be read, with what it says.
pub fn read_folder(root: &Path) -> Result<Folder, (PathBuf, io::Error)> {
    let mut paths = Vec::new();
    collect(root, 0, &mut paths)?;
    paths.sort();
    let mut folder = Folder::default();
    for path in paths {
        let below = path.strip_prefix(root).unwrap_or(&path);
        let name = below.to_string_lossy().replace('\\', "/");
        let current = !below.parent().is_some_and(|above| above.iter().any(|part| part == OLDER));
        let bytes = fs::read(&path).map_err(|cause| (path.clone(), cause))?;
        match text(bytes) {
            Ok(text) => folder.files.push(PlaybookFile { name, text, current }),
            Err((line, diagnostic)) => {
                folder.unreadable.push(PlaybookError { file: name, line, diagnostic });
            }
        }
    }
    Ok(folder)
}

fn collect(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), (PathBuf, io::Error)> {
    let failed = |cause| (folder.to_owned(), cause);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        // What an editor keeps beside a file (`.~x.toml`, `.#x.toml`) is not the clerk's.
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            if depth < DEEPEST {
                collect(&path, depth + 1, paths)?;
            }
        } else if path.extension().is_some_and(|is| is.eq_ignore_ascii_case("toml")) {
            paths.push(path);
        }
    }
    Ok(())
}

/// The text of a file: UTF-8, with or without the mark Windows puts in front of it.
fn text(bytes: Vec<u8>) -> Result<String, (Option<usize>, Diagnostic)> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err((None, Diagnostic::Utf16));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..good].iter().filter(|byte| **byte == b'\n').count() + 1;
        (Some(line), Diagnostic::NotUtf8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_utf_8_however_windows_wrote_it_and_another_encoding_is_named() {
        assert_eq!(text("\u{feff}甲\r\n".into()).unwrap(), "\u{feff}甲\r\n");
        let utf16: Vec<u8> = "\u{feff}kind".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(utf16), Err((None, Diagnostic::Utf16)));
        // 名称 as GBK writes it, on the second line.
        let gbk = [b"kind = 1\n# ".as_slice(), &[0xc3, 0xfb, 0xb3, 0xc6]].concat();
        assert_eq!(text(gbk), Err((Some(2), Diagnostic::NotUtf8)));
    }

    #[test]
    fn every_toml_file_below_the_folder_is_read_and_what_is_older_stays_older() {
        let folder = tempfile::tempdir().unwrap();
        for path in
            ["b.toml", "area/a.TOML", "area/older/a.toml", "older/b.toml", "area/.a.toml", "notes.txt"]
        {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "# 甲").unwrap();
        }
        fs::write(folder.path().join("gbk.toml"), [0xc3, 0xfb]).unwrap();
        let read = read_folder(folder.path()).unwrap();
        let files: Vec<_> = read.files.iter().map(|file| (file.name.as_str(), file.current)).collect();
        let expected =
            [("area/a.TOML", true), ("area/older/a.toml", false), ("b.toml", true), ("older/b.toml", false)];
        assert_eq!(files, expected);
        assert!(read.holds("gbk.toml") && !read.holds("notes.txt"));
        assert!(read_folder(&folder.path().join("nowhere")).is_err());
    }
}
