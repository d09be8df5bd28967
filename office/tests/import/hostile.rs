//! Bytes nobody meant to be a register: an error with a name, never a panic, never more memory than bounds allow.

use std::io::{Cursor, Read, Write};

use butler_office::import::{self, ImportError, Mapping, Why};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::support::{grouped_titles, guesses, jinse, read, sheet};

/// The parts of a workbook, inflated.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut part = zip.by_index(index).unwrap();
            let mut content = Vec::new();
            part.read_to_end(&mut content).unwrap();
            (part.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// A workbook of these parts, with checksums that fit whatever they hold.
fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn replaced(bytes: &[u8], part: &str, from: &str, to: &str) -> Vec<u8> {
    let mut parts = parts(bytes);
    let (_, content) = parts.iter_mut().find(|(name, _)| name.ends_with(part)).unwrap();
    let text = String::from_utf8(content.clone()).unwrap();
    assert!(text.contains(from), "{part} holds no {from}");
    *content = text.replace(from, to).into_bytes();
    packed(&parts)
}

fn small() -> Vec<u8> {
    sheet(&[
        &["楼栋", "单元", "房号", "业主姓名", "联系电话", "面积", "入住日期", "欠费", "备注"],
        &[
            "1栋",
            "1单元",
            "101",
            "钱多",
            "138-0000-1111/13800002222(微信同号)",
            "95.51㎡",
            "2020.2",
            "12.5",
            "钥匙在物业",
        ],
        &["", "", "102", "孙里", "13800003333", "88", "2016年5月20日", "0", ""],
    ])
}

#[test]
fn random_and_mutated_bytes_never_panic() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let seeds = [small(), grouped_titles()];
    let (mut read_well, mut rejected) = (0, 0);
    for round in 0..600 {
        let seed = &seeds[round % seeds.len()];
        let mut count = |bytes: &[u8]| match read(bytes) {
            Ok(plan) => {
                let counts = plan.report.counts();
                assert_eq!(counts.cells, counts.used + counts.left_out, "round {round}");
                read_well += 1;
            }
            Err(_) => rejected += 1,
        };
        match round % 3 {
            // Inside the parts, with valid checksums: what reaches the reader of cells.
            0 | 1 => {
                let mut parts = parts(seed);
                let at = random.next_u32() as usize % parts.len();
                let content = &mut parts[at].1;
                for _ in 0..=random.next_u32() % 8 {
                    let place = random.next_u32() as usize % content.len();
                    match random.next_u32() % 3 {
                        0 => content[place] = random.next_u32() as u8,
                        1 => drop(content.remove(place)),
                        _ => content.insert(place, b"<>/\"=09A\xff\x00"[random.next_u32() as usize % 10]),
                    }
                }
                count(&packed(&parts));
            }
            // The archive itself.
            _ => {
                let mut bytes = seed.clone();
                for _ in 0..=random.next_u32() % 16 {
                    let place = random.next_u32() as usize % bytes.len();
                    bytes[place] = random.next_u32() as u8;
                }
                count(&bytes);
                let mut noise = vec![0; random.next_u32() as usize % 512];
                random.fill_bytes(&mut noise);
                count(&noise);
            }
        }
    }
    assert!(
        read_well > 50 && rejected > 200,
        "{read_well} read, {rejected} rejected: the mutations miss their aim"
    );
}

#[test]
fn mutated_mappings_never_panic() {
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let seed = include_bytes!("../fixtures/mapping-cuihu.toml");
    for _ in 0..300 {
        let mut bytes = seed.to_vec();
        for _ in 0..=random.next_u32() % 4 {
            let place = random.next_u32() as usize % bytes.len();
            bytes[place] = random.next_u32() as u8;
        }
        drop(Mapping::parse(&String::from_utf8_lossy(&bytes)));
    }
}

#[test]
fn a_bomb_is_rejected_before_it_goes_off() {
    let mut parts = parts(&small());
    parts.push(("xl/media/bomb.bin".to_owned(), vec![0; (64 << 20) + 1]));
    let bomb = packed(&parts);
    assert!(bomb.len() < 1 << 20);
    assert!(matches!(read(&bomb), Err(ImportError::TooLarge { what: "inflated bytes", .. })));
}

#[test]
fn claims_of_size_are_not_believed() {
    let bytes = replaced(&small(), "sharedStrings.xml", "uniqueCount=\"", "uniqueCount=\"99999999999");
    assert!(matches!(read(&bytes), Err(ImportError::TooLarge { what: "strings", .. })));

    // A cell in the last corner of a sheet costs one cell, not a sheet.
    let bytes = replaced(&small(), "sheet1.xml", "<c r=\"I2\"", "<c r=\"XFD1048576\"");
    let plan = import::read(&bytes, &jinse(), &guesses()).unwrap();
    assert_eq!(plan.homes.len(), 2);
    let last = plan.report.lines.last().unwrap();
    assert_eq!((last.cell.to_string().as_str(), &last.why), ("业主信息!XFD1048576", &Why::NotAHome));
}
