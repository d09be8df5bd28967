//! Photos and signatures: sealed files beside the database, named at random, each under a key of its own that
//! only the database knows. Deleting the row makes the file unreadable wherever a copy of it still lies.
//!
//! A file is a sequence of sealed pieces of [`PHOTO_CHUNK`] plain bytes, so that any part can be read, sent and
//! received without the rest. A piece's number and whether it is the last are sealed with it: pieces cannot be swapped,
//! dropped or cut off unnoticed. Its nonce is drawn anew each time it is sealed and stands before it: a fetch that was
//! cut, or starts again with other bytes, seals the same piece twice under one key and never under one nonce.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{Key, KeyInit as _, XChaCha20Poly1305, XNonce};
use rusqlite::{OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::open::PHOTOS;
use super::records::NOT_KNOWN;
use super::{Collection, Reader, Store, StoreError, Tx, files, meta};
use crate::host::{Host, random};
use crate::model::{PhotoId, RecordId, Timestamp};

/// Plain bytes of one sealed piece.
pub const PHOTO_CHUNK: usize = 64 << 10;
/// Drawn for each sealing; long enough to be drawn at random without ever meeting one again.
const NONCE: usize = 24;
/// What sealing adds to each piece: its nonce and its tag.
const SEAL: usize = NONCE + 16;

/// Where a photo of a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum), uniffi(name = "PhotoState"))]
pub enum UseState {
    /// The office does not have it whole.
    Unsent,
    /// The office has it whole and has checked its hash.
    Acknowledged,
    /// It is being fetched from the office.
    Fetching,
    /// The office does not take it for that record, which no grid shows here. It stays on this phone, and is shown,
    /// until its person puts it away; should a grid show the record again, it is offered again.
    Rejected,
}

impl UseState {
    const fn name(self) -> &'static str {
        match self {
            Self::Unsent => "unsent",
            Self::Acknowledged => "acknowledged",
            Self::Fetching => "fetching",
            Self::Rejected => "rejected",
        }
    }
}

/// One photo on this phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of its plain bytes.
    pub photo: PhotoId,
    /// Its plain size in bytes.
    pub size: u64,
    /// How many plain bytes from the start are here; `size` when it is whole.
    pub present: u64,
}

/// A photo as a part of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttachmentUse {
    /// The photo.
    pub photo: Attachment,
    /// The record; decides who may have it.
    pub record: RecordId,
    /// Where it stands.
    pub state: UseState,
    /// Plain bytes safely at the office.
    pub sent: u64,
}

/// A photo sealed in the store's folder that no row names yet.
#[derive(Debug)]
pub struct Staged {
    /// SHA-256 of its plain bytes.
    pub photo: PhotoId,
    /// Its plain size in bytes.
    pub size: u64,
    sealed: Sealed,
}

/// A sealed file: what it takes to read and write it.
struct Sealed {
    key: Zeroizing<[u8; 32]>,
    /// Name inside the folder of photos.
    file: String,
    /// Plain bytes of the whole photo.
    size: u64,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({})", self.file)
    }
}

impl Sealed {
    fn new(size: u64, host: &dyn Host) -> Result<Self, StoreError> {
        let mut key = Zeroizing::new([0; 32]);
        host.fill_random(key.as_mut_slice())?;
        let name: [u8; 16] = random(host)?;
        Ok(Self { key, file: RecordId(name).to_string(), size })
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.key))
    }

    /// How many pieces the whole photo has. An empty one has one: its emptiness is sealed too.
    fn pieces(&self) -> u64 {
        self.size.div_ceil(PHOTO_CHUNK as u64).max(1)
    }

    /// What is sealed with a piece: which it is, and whether it is the last.
    fn place(&self, piece: u64) -> [u8; 9] {
        let mut place = [0; 9];
        place[..8].copy_from_slice(&piece.to_le_bytes());
        place[8] = u8::from(piece + 1 == self.pieces());
        place
    }

    fn seal(&self, piece: u64, plain: &[u8], host: &dyn Host) -> Result<Vec<u8>, StoreError> {
        let nonce: [u8; NONCE] = random(host)?;
        let payload = Payload { msg: plain, aad: &self.place(piece) };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| StoreError::AttachmentMismatch)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Reads and opens one piece.
    fn open_piece(&self, file: &mut File, piece: u64) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let read = StoreError::file("read a photo");
        file.seek(SeekFrom::Start(piece * (PHOTO_CHUNK + SEAL) as u64)).map_err(&read)?;
        let mut bytes = Vec::with_capacity(PHOTO_CHUNK + SEAL);
        file.take((PHOTO_CHUNK + SEAL) as u64).read_to_end(&mut bytes).map_err(&read)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or(StoreError::AttachmentMismatch)?;
        let payload = Payload { msg: sealed, aad: &self.place(piece) };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload);
        plain.map(Zeroizing::new).map_err(|_| StoreError::AttachmentMismatch)
    }

    /// Opens every piece in order.
    fn open_all(&self, folder: &Path) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let mut file = File::open(folder.join(&self.file)).map_err(StoreError::file("open a photo"))?;
        let mut plain = Zeroizing::new(Vec::new());
        for piece in 0..self.pieces() {
            plain.extend_from_slice(&self.open_piece(&mut file, piece)?);
        }
        if plain.len() as u64 == self.size { Ok(plain) } else { Err(StoreError::AttachmentMismatch) }
    }
}

fn photo_id(bytes: &[u8]) -> PhotoId {
    PhotoId(Sha256::digest(bytes).into())
}

fn pieces_of(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let empty = bytes.is_empty().then_some(bytes);
    empty.into_iter().chain(bytes.chunks(PHOTO_CHUNK))
}

impl Store {
    fn photos(&self) -> PathBuf {
        self.folder.join(PHOTOS)
    }

    /// Takes a photo into the store's own folder: sealed, synced, named, read back and checked. It counts once
    /// [`Tx::keep`] has written its row; a file without a row is removed at the next opening.
    ///
    /// # Errors
    /// [`StoreError::StorageFull`], [`StoreError::File`], [`StoreError::AttachmentMismatch`] when what was read
    /// back is not what was given.
    pub fn stage(&self, bytes: &[u8], host: &dyn Host) -> Result<Staged, StoreError> {
        let photo = photo_id(bytes);
        let sealed = Sealed::new(bytes.len() as u64, host)?;
        let path = self.photos().join(&sealed.file);
        let mut content = Vec::with_capacity(bytes.len() + SEAL * 4);
        for (piece, plain) in (0..).zip(pieces_of(bytes)) {
            content.extend_from_slice(&sealed.seal(piece, plain, host)?);
        }
        let staged = files::replace(&path, &content).and_then(|()| {
            // A medium that lies is found out while the app still has the picture.
            let plain = sealed.open_all(&self.photos())?;
            if photo_id(&plain) == photo { Ok(()) } else { Err(StoreError::AttachmentMismatch) }
        });
        if let Err(error) = staged {
            for leftover in [path.with_extension("new"), path] {
                // Room on a full disk is worth more than knowing why this failed too.
                let _ = fs::remove_file(leftover);
            }
            return Err(error);
        }
        Ok(Staged { photo, size: bytes.len() as u64, sealed })
    }

    /// A whole photo, its hash checked; `None` when it is not here, or not whole.
    ///
    /// # Errors
    /// [`StoreError::AttachmentMismatch`] when the file is damaged.
    pub fn photo(&self, photo: PhotoId) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let Some((sealed, present)) = self.read(|reader| reader.sealed(photo))? else { return Ok(None) };
        if present < sealed.size {
            return Ok(None);
        }
        let plain = sealed.open_all(&self.photos())?;
        if photo_id(&plain) == photo { Ok(Some(plain)) } else { Err(StoreError::AttachmentMismatch) }
    }

    /// Up to `limit` plain bytes of a whole photo from `offset`, to be sent.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not here whole; [`StoreError::AttachmentMismatch`] when the file is
    /// damaged; [`StoreError`] when the database cannot be read or written.
    pub fn photo_piece(&self, photo: PhotoId, offset: u64, limit: usize) -> Result<Vec<u8>, StoreError> {
        let (sealed, present) = self
            .read(|reader| reader.sealed(photo))?
            .filter(|(sealed, present)| *present >= sealed.size)
            .ok_or(StoreError::NotFound { what: "the photo" })?;
        let end = present.min(offset.saturating_add(limit as u64));
        let mut file =
            File::open(self.photos().join(&sealed.file)).map_err(StoreError::file("open a photo"))?;
        let chunk = PHOTO_CHUNK as u64;
        let mut bytes = Vec::new();
        let mut at = offset;
        while at < end {
            let plain = sealed.open_piece(&mut file, at / chunk)?;
            let from = usize::try_from(at % chunk).unwrap_or(0);
            let to = plain.len().min(from + usize::try_from(end - at).unwrap_or(usize::MAX));
            let part = plain.get(from..to).filter(|part| !part.is_empty());
            let part = part.ok_or(StoreError::AttachmentMismatch)?;
            bytes.extend_from_slice(part);
            at += part.len() as u64;
        }
        Ok(bytes)
    }

    /// Keeps a fetched piece of a photo begun with [`Tx::fetch`]. It must start where what is here ends and be a
    /// multiple of [`PHOTO_CHUNK`] unless it is the last. The piece that makes the photo whole has the whole
    /// checked against its hash. Returns how many bytes are here now.
    ///
    /// # Errors
    /// [`StoreError::AttachmentMismatch`] for a piece that does not fit, and for a whole with another hash: the
    /// fetch starts again from 0 then. [`StoreError`] when the database cannot be read or written.
    pub fn keep_piece(
        &self,
        photo: PhotoId,
        offset: u64,
        bytes: &[u8],
        host: &dyn Host,
    ) -> Result<u64, StoreError> {
        let (sealed, present) =
            self.read(|reader| reader.sealed(photo))?.ok_or(StoreError::NotFound { what: "the photo" })?;
        let after = offset.saturating_add(bytes.len() as u64);
        let whole = after == sealed.size;
        let aligned = whole || bytes.len().is_multiple_of(PHOTO_CHUNK) && !bytes.is_empty();
        // A piece behind the end of a whole photo would be written over its last one. An empty photo is whole from the
        // beginning and still has its one empty piece to come.
        let complete = present == sealed.size && sealed.size > 0;
        if complete || offset != present || after > sealed.size || !aligned {
            return Err(StoreError::AttachmentMismatch);
        }
        let write = StoreError::file("write a photo");
        let path = self.photos().join(&sealed.file);
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(&write)?;
        let first = offset / PHOTO_CHUNK as u64;
        file.seek(SeekFrom::Start(first * (PHOTO_CHUNK + SEAL) as u64)).map_err(&write)?;
        for (piece, plain) in (first..).zip(pieces_of(bytes)) {
            file.write_all(&sealed.seal(piece, plain, host)?).map_err(&write)?;
        }
        file.sync_all().map_err(&write)?;
        if offset == 0 {
            files::sync_folder(&self.photos())?;
        }
        let right = !whole || photo_id(&sealed.open_all(&self.photos())?) == photo;
        let present = if right { after } else { 0 };
        self.write(|tx| tx.set_present(photo, &sealed.file, present, whole && right))?;
        if right { Ok(present) } else { Err(StoreError::AttachmentMismatch) }
    }

    /// Removes files that no row names: staged and never attached, or of rows that were deleted. Only at opening,
    /// when nothing can be between staging and attaching.
    ///
    /// After damage a file without a row may be a photo whose row could not be read: its key is still in the database
    /// that was moved aside, so the file is moved beside that one and not removed.
    pub(super) fn remove_strays(&self) -> Result<(), StoreError> {
        let (named, aside) = self.read(|reader| {
            let mut query = reader.db.prepare_cached("SELECT file FROM attachment")?;
            let names = query.query_map([], |row| row.get(0))?.collect::<Result<_, rusqlite::Error>>()?;
            Ok::<(BTreeSet<String>, _), StoreError>((names, meta::damaged_folder(reader.db)?))
        })?;
        let aside = aside.map(|damaged| self.folder.join(damaged).join(PHOTOS));
        if let Some(aside) = &aside {
            fs::create_dir_all(aside).map_err(StoreError::file("create the folder of photos"))?;
        }
        let list = StoreError::file("list the photos");
        for entry in fs::read_dir(self.photos()).map_err(&list)? {
            let entry = entry.map_err(&list)?;
            if entry.file_name().to_str().is_some_and(|name| named.contains(name)) {
                continue;
            }
            match &aside {
                Some(aside) => fs::rename(entry.path(), aside.join(entry.file_name()))
                    .map_err(StoreError::file("move a photo aside"))?,
                // It takes room and nothing else; the next opening tries again.
                None => drop(fs::remove_file(entry.path())),
            }
        }
        if let Some(aside) = &aside {
            files::sync_folder(aside)?;
            match self.write(|tx| meta::set_damaged_folder(tx.db, None)) {
                // No room for it: the next opening finds nothing to move and tries again.
                Ok(()) | Err(StoreError::StorageFull) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Columns of a use and its photo, in the order [`read_use`] takes them.
const USE: &str =
    "SELECT hash, size, present, record, state, sent FROM attachment_use JOIN attachment USING (hash)";

fn read_use(row: &Row<'_>) -> rusqlite::Result<AttachmentUse> {
    let photo = Attachment {
        photo: row.get("hash")?,
        size: row.get::<_, i64>("size")?.cast_unsigned(),
        present: row.get::<_, i64>("present")?.cast_unsigned(),
    };
    let state: String = row.get("state")?;
    let state = match state.as_str() {
        "acknowledged" => UseState::Acknowledged,
        "fetching" => UseState::Fetching,
        "rejected" => UseState::Rejected,
        _ => UseState::Unsent,
    };
    Ok(AttachmentUse {
        photo,
        record: row.get("record")?,
        state,
        sent: row.get::<_, i64>("sent")?.cast_unsigned(),
    })
}

impl Reader<'_> {
    fn sealed(&self, photo: PhotoId) -> Result<Option<(Sealed, u64)>, StoreError> {
        let mut query =
            self.db.prepare_cached("SELECT key, file, size, present FROM attachment WHERE hash = ?1")?;
        Ok(query
            .query_row([photo], |row| {
                let sealed = Sealed {
                    key: Zeroizing::new(row.get(0)?),
                    file: row.get(1)?,
                    size: row.get::<_, i64>(2)?.cast_unsigned(),
                };
                Ok((sealed, row.get::<_, i64>(3)?.cast_unsigned()))
            })
            .optional()?)
    }

    /// The photos of a record that are here or on their way.
    pub fn attachments_of(&self, record: RecordId) -> Result<Vec<AttachmentUse>, StoreError> {
        let mut query =
            self.db.prepare_cached(&format!("{USE} WHERE record = ?1 ORDER BY added_at, hash"))?;
        Ok(query.query_map([record], read_use)?.collect::<Result<_, _>>()?)
    }

    /// The photos taken for a form that is neither submitted, nor kept as a draft, nor discarded; oldest first.
    pub fn kept_photos(&self) -> Result<Vec<PhotoId>, StoreError> {
        let mut query =
            self.db.prepare_cached("SELECT hash FROM attachment WHERE kept = 1 ORDER BY added_at, hash")?;
        Ok(query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// The photos to hand in, oldest first; those of a record that is not here, too: its first edit was rejected, and the
    /// office takes the evidence of what it holds, or let the edit in since in a record that no grid shows here.
    pub fn photo_outbox(&self) -> Result<Vec<AttachmentUse>, StoreError> {
        self.uses(UseState::Unsent)
    }

    /// The photos being fetched.
    pub fn photo_inbox(&self) -> Result<Vec<AttachmentUse>, StoreError> {
        self.uses(UseState::Fetching)
    }

    /// The photos the office does not take, oldest first, until their person puts them away.
    pub fn rejected_photos(&self) -> Result<Vec<AttachmentUse>, StoreError> {
        let mut query = self.db.prepare_cached(&format!(
            "{USE} WHERE state <> 'acknowledged' AND state = 'rejected' ORDER BY added_at, hash, record"
        ))?;
        Ok(query.query_map([], read_use)?.collect::<Result<_, _>>()?)
    }

    fn uses(&self, state: UseState) -> Result<Vec<AttachmentUse>, StoreError> {
        let mut query = self.db.prepare_cached(&format!(
            "{USE} WHERE state <> 'acknowledged' AND state = ?1 ORDER BY added_at, hash, record"
        ))?;
        Ok(query.query_map([state.name()], read_use)?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps a staged photo before any record refers to it: the picture is safe while the butler still types. It stays
    /// until [`Self::attach`] makes it part of a record, [`Self::put_draft`] part of a draft, or
    /// [`Self::discard_photo`] lets it go.
    pub fn keep(&mut self, staged: &Staged, now: Timestamp) -> Result<(), StoreError> {
        self.put_attachment(staged.photo, &staged.sealed, staged.size, now)?;
        self.set_kept(staged.photo, true)
    }

    /// The form a photo was taken for is not wanted any more. What a record, a draft or a rejected edit that may still
    /// be sent again uses stays.
    pub fn discard_photo(&mut self, photo: PhotoId) -> Result<(), StoreError> {
        self.set_kept(photo, false)?;
        self.let_go(photo)
    }

    /// Makes a photo that is here part of a record, to be handed in. The same photo of another record (a finding and the
    /// order it became) shares the file.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not here whole.
    pub fn attach(&mut self, photo: PhotoId, record: RecordId) -> Result<(), StoreError> {
        self.whole(photo)?;
        self.use_in(photo, record)
    }

    /// The photo is here, whole.
    pub(crate) fn whole(&self, photo: PhotoId) -> Result<(), StoreError> {
        let whole = self.sealed(photo)?.is_some_and(|(sealed, present)| present == sealed.size);
        if whole { Ok(()) } else { Err(StoreError::NotFound { what: "the photo" }) }
    }

    /// From here on the record answers for the photo: the form it was taken for is submitted.
    fn use_in(&mut self, photo: PhotoId, record: RecordId) -> Result<(), StoreError> {
        self.put_use(photo, record, UseState::Unsent)?;
        self.set_kept(photo, false)
    }

    pub(super) fn set_kept(&mut self, photo: PhotoId, kept: bool) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE attachment SET kept = ?2 WHERE hash = ?1")?
            .execute(params![photo, kept])?;
        Ok(())
    }

    /// Begins to fetch a photo of `size` bytes from the office; its pieces go to [`Store::keep_piece`]. A photo
    /// that is here already just becomes part of the record; one that came in part begins anew, in a file and under a
    /// key of its own: the office may say another size than before.
    pub fn fetch(
        &mut self,
        photo: PhotoId,
        record: RecordId,
        size: u64,
        now: Timestamp,
        host: &dyn Host,
    ) -> Result<(), StoreError> {
        let state = match self.sealed(photo)? {
            Some((sealed, present)) if present == sealed.size => UseState::Acknowledged,
            begun => {
                let sealed = Sealed::new(size, host)?;
                if begun.is_some() {
                    self.replace_attachment(photo, &sealed, 0)?;
                } else {
                    self.insert_attachment(photo, &sealed, 0, now)?;
                }
                UseState::Fetching
            }
        };
        self.put_use(photo, record, state)
    }

    /// The office has the first `received` bytes, or all of them and has checked the hash. Only the office's word
    /// counts: a smaller number than before means it lost some.
    pub fn photo_received(
        &mut self,
        photo: PhotoId,
        record: RecordId,
        received: u64,
        complete: bool,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE attachment_use SET sent = ?3, state = CASE WHEN ?4 THEN 'acknowledged' ELSE state END,
                     unbacked = CASE WHEN ?4 THEN ?5 END
                 WHERE hash = ?1 AND record = ?2 AND state = 'unsent'",
            )?
            .execute(params![photo, record, received.cast_signed(), complete, NOT_KNOWN])?;
        self.note(Collection::Attachments);
        Ok(())
    }

    /// The office will not take a photo for that record. That is final, and holds the record here no longer, once no
    /// grid shows the record and nothing else of it is owed to the office; otherwise it is tried again.
    pub fn photo_rejected(&mut self, photo: PhotoId, record: RecordId) -> Result<bool, StoreError> {
        // What the office does not list yet it may not hold, either: then it takes no photo of this phone for the record.
        if !self.grids_of(record)?.is_empty() || self.has_unsent(record)? || self.is_unlisted(record)? {
            return Ok(false);
        }
        self.db
            .prepare_cached(
                "UPDATE attachment_use SET state = 'rejected' WHERE hash = ?1 AND record = ?2 AND state = 'unsent'",
            )?
            .execute(params![photo, record])?;
        self.note(Collection::Attachments);
        Ok(true)
    }

    /// A grid shows the record again, or an edit of this phone came into it: what the office would not take is offered
    /// again.
    pub(super) fn offer_photos_again(&mut self, record: RecordId) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE attachment_use SET state = 'unsent', sent = 0 WHERE record = ?1 AND state = 'rejected'",
            )?
            .execute([record])?;
        Ok(())
    }

    /// Its person has seen that the office does not take a photo, and puts it away: it goes, unless another record or
    /// form uses it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not shown as rejected.
    pub fn dismiss_photo(&mut self, photo: PhotoId, record: RecordId) -> Result<(), StoreError> {
        let gone = self
            .db
            .prepare_cached(
                "DELETE FROM attachment_use WHERE hash = ?1 AND record = ?2 AND state = 'rejected'",
            )?
            .execute(params![photo, record])?;
        if gone == 0 {
            return Err(StoreError::NotFound { what: "the photo" });
        }
        self.let_go(photo)
    }

    fn put_attachment(
        &mut self,
        photo: PhotoId,
        sealed: &Sealed,
        present: u64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match self.sealed(photo)? {
            // Here already: the second file is a stray.
            Some((here, whole)) if whole == here.size => Ok(()),
            // Half fetched: the own whole file takes its place, and there is nothing left to fetch.
            Some(_) => {
                self.replace_attachment(photo, sealed, 0)?;
                self.set_present(photo, &sealed.file, sealed.size, true)
            }
            None => self.insert_attachment(photo, sealed, present, now),
        }
    }

    fn replace_attachment(
        &mut self,
        photo: PhotoId,
        sealed: &Sealed,
        present: u64,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE attachment SET size = ?2, key = ?3, file = ?4, present = ?5 WHERE hash = ?1",
            )?
            .execute(params![
                photo,
                sealed.size.cast_signed(),
                sealed.key.as_slice(),
                sealed.file,
                present.cast_signed()
            ])?;
        Ok(())
    }

    fn insert_attachment(
        &mut self,
        photo: PhotoId,
        sealed: &Sealed,
        present: u64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO attachment (hash, size, key, file, present, added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                photo,
                sealed.size.cast_signed(),
                sealed.key.as_slice(),
                sealed.file,
                present.cast_signed(),
                now
            ])?;
        Ok(())
    }

    fn put_use(&mut self, photo: PhotoId, record: RecordId, state: UseState) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                // What the office did not take for an edit that was rejected is offered anew with the corrected one.
                "INSERT INTO attachment_use (hash, record, state) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET state = excluded.state, sent = 0 WHERE state = 'rejected'",
            )?
            .execute(params![photo, record, state.name()])?;
        self.note(Collection::Attachments);
        Ok(())
    }

    /// How much of a file is here. Of that file alone: between the reading of a row and this, another one may have
    /// taken its place.
    fn set_present(
        &mut self,
        photo: PhotoId,
        file: &str,
        present: u64,
        whole: bool,
    ) -> Result<(), StoreError> {
        let same = self
            .db
            .prepare_cached("UPDATE attachment SET present = ?3 WHERE hash = ?1 AND file = ?2")?
            .execute(params![photo, file, present.cast_signed()])?;
        if whole && same > 0 {
            self.db
                .prepare_cached(
                    "UPDATE attachment_use SET state = 'acknowledged' WHERE hash = ?1 AND state = 'fetching'",
                )?
                .execute([photo])?;
        }
        self.note(Collection::Attachments);
        Ok(())
    }

    /// Drops the photos of a record that is going, and of no other: each with its key unless something else holds it,
    /// and its file at the next opening. What the office did not take stays until its person has seen that.
    pub(super) fn forget_attachments_of(&mut self, record: RecordId) -> Result<(), StoreError> {
        let photos: Vec<PhotoId> = self
            .db
            .prepare_cached(
                "DELETE FROM attachment_use WHERE record = ?1 AND state <> 'rejected' RETURNING hash",
            )?
            .query_map([record], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for photo in photos {
            self.let_go(photo)?;
        }
        self.note(Collection::Attachments);
        Ok(())
    }

    /// Drops the photos of records that are not here, once a backup of the office holds them: evidence of a rejected edit
    /// stays as long as that is shown.
    pub(super) fn forget_attachments_handed_in(&mut self) -> Result<(), StoreError> {
        let photos: Vec<PhotoId> = self
            .db
            .prepare_cached(
                "DELETE FROM attachment_use WHERE state = 'acknowledged' AND unbacked IS NULL
                 AND NOT EXISTS (SELECT 1 FROM record WHERE record.id = attachment_use.record) RETURNING hash",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        photos.into_iter().try_for_each(|photo| self.let_go(photo))
    }

    /// After damage: a photo of a saved edit is handed in with it though the row that said so is lost, and one that
    /// nothing saved holds goes, as the records it belonged to did. Its key stays in the database moved aside.
    pub(super) fn finish_salvaged_photos(&mut self) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO attachment_use (hash, record, state)
             SELECT attachment.hash, record.id, 'unsent' FROM change JOIN record USING (rid) JOIN attachment
             ON instr(change.intent, 'photo/' || lower(hex(attachment.hash))) > 0
             WHERE change.standing = 'unsent' ON CONFLICT DO NOTHING",
            [],
        )?;
        let photos: Vec<PhotoId> = self
            .db
            .prepare_cached("SELECT hash FROM attachment")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        photos.into_iter().try_for_each(|photo| self.let_go(photo))
    }

    /// Deletes a photo's row, and with it the only key to its file, unless something holds it: a form that is open, a
    /// record, a draft, or an edit that was rejected and may be corrected and sent again. The one place that does.
    pub(super) fn let_go(&mut self, photo: PhotoId) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "DELETE FROM attachment WHERE hash = ?1 AND kept = 0
                 AND NOT EXISTS (SELECT 1 FROM attachment_use WHERE attachment_use.hash = attachment.hash)
                 AND NOT EXISTS (SELECT 1 FROM draft_photo WHERE draft_photo.hash = attachment.hash)
                 AND NOT EXISTS (SELECT 1 FROM verdict WHERE own = 1
                                 AND (dismissed_at IS NULL OR let_in IS NOT NULL)
                                 AND instr(intent, 'photo/' || lower(hex(attachment.hash))) > 0)",
            )?
            .execute([photo])?;
        self.note(Collection::Attachments);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Edit, Kind, Receipt};
    use crate::testing::TestStore;

    const HOME: RecordId = RecordId([1; 16]);
    const ORDER: RecordId = RecordId([2; 16]);

    fn picture(len: usize) -> Vec<u8> {
        (0..len).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
    }

    /// A store with the two records the photos belong to.
    fn new_store() -> TestStore {
        let store = TestStore::new();
        for record in [HOME, ORDER] {
            store.edit(record, Kind::Home, &Edit::new().put("layout", "三室两厅")).unwrap();
        }
        store
    }

    fn attached(store: &TestStore, bytes: &[u8]) -> PhotoId {
        let staged = store.stage(bytes, store.host()).unwrap();
        store
            .write(|tx| {
                tx.keep(&staged, Timestamp::from_millis(1)).and_then(|()| tx.attach(staged.photo, HOME))
            })
            .unwrap();
        staged.photo
    }

    #[test]
    fn a_photo_comes_back_whole_and_in_any_piece() {
        let store = new_store();
        for len in [0, 1, PHOTO_CHUNK - 1, PHOTO_CHUNK, PHOTO_CHUNK + 1, 3 * PHOTO_CHUNK + 17] {
            let bytes = picture(len);
            let photo = attached(&store, &bytes);
            assert_eq!(store.photo(photo).unwrap().unwrap().as_slice(), bytes, "{len} bytes");
            for (from, limit) in [(0, 10), (len / 2, PHOTO_CHUNK), (len, 5), (len.saturating_sub(3), 99)] {
                let piece = store.photo_piece(photo, from as u64, limit).unwrap();
                assert_eq!(piece, bytes[from..len.min(from + limit)], "{limit} from {from} of {len}");
            }
        }
    }

    #[test]
    fn what_lies_on_the_disk_is_sealed_and_tampering_is_noticed() {
        let store = new_store();
        let bytes = picture(2 * PHOTO_CHUNK);
        let photo = attached(&store, &bytes);
        let file = fs::read_dir(store.photos()).unwrap().next().unwrap().unwrap().path();
        let sealed = fs::read(&file).unwrap();
        assert!(!sealed.windows(32).any(|window| window == &bytes[..32]));
        assert!(
            !file.to_str().unwrap().contains(&photo.to_string()),
            "the name must not tell which photo it is"
        );

        let flipped = [&sealed[..9], &[sealed[9] ^ 1], &sealed[10..]].concat();
        let (first, second) = sealed.split_at(PHOTO_CHUNK + SEAL);
        let swapped = [second, first].concat();
        for (how, content) in [("flipped", flipped), ("swapped", swapped), ("cut off", first.to_vec())] {
            fs::write(&file, content).unwrap();
            assert!(matches!(store.photo(photo), Err(StoreError::AttachmentMismatch)), "{how}");
        }
    }

    #[test]
    fn one_photo_of_two_records_is_one_file_and_two_deliveries() {
        let store = new_store();
        let photo = attached(&store, &picture(100));
        attached(&store, &picture(100));
        store.write(|tx| tx.attach(photo, ORDER)).unwrap();
        assert_eq!(store.read(|r| r.photo_outbox()).unwrap().len(), 2);
        store.write(|tx| tx.photo_received(photo, HOME, 100, true)).unwrap();
        let left = store.read(|r| r.photo_outbox()).unwrap();
        assert_eq!(left.iter().map(|left| left.record).collect::<Vec<_>>(), [ORDER]);
        let store = store.reopen();
        assert_eq!(fs::read_dir(store.photos()).unwrap().count(), 1, "the second file was a stray");
        assert!(store.photo(photo).unwrap().is_some());
    }

    #[test]
    fn a_staged_photo_nobody_attached_is_gone_after_reopening() {
        let store = new_store();
        store.stage(&picture(10), store.host()).unwrap();
        let store = store.reopen();
        assert_eq!(fs::read_dir(store.photos()).unwrap().count(), 0);
    }

    #[test]
    fn a_fetched_photo_counts_when_it_is_whole_and_right() {
        let store = new_store();
        let bytes = picture(2 * PHOTO_CHUNK + 5);
        let photo = photo_id(&bytes);
        let size = bytes.len() as u64;
        let begin = Timestamp::from_millis(1);
        store.write(|tx| tx.fetch(photo, HOME, size, begin, store.host())).unwrap();
        let chunk = PHOTO_CHUNK as u64;
        assert_eq!(store.keep_piece(photo, 0, &bytes[..PHOTO_CHUNK], store.host()).unwrap(), chunk);
        assert!(store.photo(photo).unwrap().is_none(), "a part is no photo");

        let store = store.reopen();
        assert!(
            store.keep_piece(photo, 0, &bytes[..PHOTO_CHUNK], store.host()).is_err(),
            "a piece that is here already"
        );
        assert!(
            store.keep_piece(photo, chunk, &bytes[PHOTO_CHUNK..PHOTO_CHUNK + 9], store.host()).is_err(),
            "a crooked piece"
        );
        let wrong = vec![0; PHOTO_CHUNK + 5];
        assert!(matches!(
            store.keep_piece(photo, chunk, &wrong, store.host()),
            Err(StoreError::AttachmentMismatch)
        ));
        assert_eq!(
            store.keep_piece(photo, 0, &bytes, store.host()).unwrap(),
            size,
            "it began again and came in one piece"
        );
        assert_eq!(store.photo(photo).unwrap().unwrap().as_slice(), bytes);
        assert!(store.read(|r| r.photo_inbox()).unwrap().is_empty());
    }

    /// Whoever reads the disk twice, before and after a fetch began again with other bytes, must not learn from two
    /// pieces sealed alike what both of them were.
    #[test]
    fn a_fetch_that_starts_again_seals_nothing_twice_under_one_nonce() {
        let store = new_store();
        let bytes = picture(PHOTO_CHUNK + 5);
        let photo = photo_id(&bytes);
        let size = bytes.len() as u64;
        let begin = || {
            store.write(|tx| tx.fetch(photo, HOME, size, Timestamp::from_millis(1), store.host())).unwrap();
        };
        let mut nonces = BTreeSet::new();
        let mut look = || {
            let sealed = store.read(|r| r.sealed(photo)).unwrap().unwrap().0;
            let on_disk = fs::read(store.photos().join(&sealed.file)).unwrap();
            let nonce: Vec<u8> = sealed.key.iter().chain(&on_disk[..NONCE]).copied().collect();
            assert!(nonces.insert(nonce), "one key, one nonce, two texts");
        };
        begin();
        store.keep_piece(photo, 0, &vec![7; PHOTO_CHUNK], store.host()).unwrap();
        look();
        // The process died before it was noted; the piece comes again.
        let (sealed, _) = store.read(|r| r.sealed(photo)).unwrap().unwrap();
        store.write(|tx| tx.set_present(photo, &sealed.file, 0, false)).unwrap();
        store.keep_piece(photo, 0, &vec![9; PHOTO_CHUNK], store.host()).unwrap();
        look();
        assert!(store.keep_piece(photo, PHOTO_CHUNK as u64, &[1; 5], store.host()).is_err());
        begin();
        store.keep_piece(photo, 0, &bytes[..PHOTO_CHUNK], store.host()).unwrap();
        look();
        assert_eq!(
            store.keep_piece(photo, PHOTO_CHUNK as u64, &bytes[PHOTO_CHUNK..], store.host()).unwrap(),
            size
        );
        assert_eq!(store.photo(photo).unwrap().unwrap().as_slice(), bytes);
    }

    /// The butler photographs what is being fetched already (a picture both got from the residents' group).
    #[test]
    fn a_photo_taken_here_is_not_spoilt_by_the_one_being_fetched() {
        let store = new_store();
        let bytes = picture(2 * PHOTO_CHUNK + 5);
        let photo = photo_id(&bytes);
        let size = bytes.len() as u64;
        store.write(|tx| tx.fetch(photo, HOME, size, Timestamp::from_millis(1), store.host())).unwrap();
        store.keep_piece(photo, 0, &bytes[..PHOTO_CHUNK], store.host()).unwrap();
        let (fetched, _) = store.read(|r| r.sealed(photo)).unwrap().unwrap();
        let staged = store.stage(&bytes, store.host()).unwrap();
        store.write(|tx| tx.keep(&staged, Timestamp::from_millis(2))).unwrap();

        assert!(store.read(|r| r.photo_inbox()).unwrap().is_empty(), "nothing is left to fetch");
        // A piece that was under way meanwhile: noted of the file it was written to, which is not the photo any more.
        store.write(|tx| tx.set_present(photo, &fetched.file, 0, false)).unwrap();
        assert!(store.keep_piece(photo, size, &[], store.host()).is_err(), "behind the end there is nothing");
        assert_eq!(store.photo(photo).unwrap().unwrap().as_slice(), bytes);
    }

    #[test]
    fn a_photo_whose_size_was_told_wrong_can_still_be_fetched() {
        let store = new_store();
        let bytes = picture(40);
        let photo = photo_id(&bytes);
        for size in [9, 40] {
            store.write(|tx| tx.fetch(photo, HOME, size, Timestamp::from_millis(1), store.host())).unwrap();
        }
        assert_eq!(store.keep_piece(photo, 0, &bytes, store.host()).unwrap(), 40);
    }

    #[test]
    fn a_photo_of_a_rejected_edit_stays_while_the_edit_may_be_sent_again() {
        use crate::model::ChangeHash;
        use crate::store::{Fate, VerdictRow};
        let store = new_store();
        let photo = attached(&store, &picture(100));
        let rejected = ChangeHash([3; 32]);
        let verdict = VerdictRow {
            hash: rejected,
            record: HOME,
            kind: Kind::Home,
            version: Kind::VERSION,
            edit: rejected,
            fate: Fate::Rejected,
            code: "field".into(),
            path: None,
            own: true,
            signed: None,
            intent: Some(Edit::new().photos(&[photo])),
            authored_at: None,
            bytes: Vec::new(),
            at: Timestamp::from_millis(2),
            dismissed_at: None,
        };
        store.write(|tx| tx.put_verdict(&verdict)).unwrap();
        store.write(|tx| tx.forget_attachments_of(HOME)).unwrap();
        assert!(store.photo(photo).unwrap().is_some());
        store.write(|tx| tx.dismiss_verdict(rejected, Timestamp::from_millis(3))).unwrap();
        store.write(|tx| tx.discard_photo(photo)).unwrap();
        assert!(store.photo(photo).unwrap().is_none());
    }

    /// The home left this phone's grids, and the office was restored from before it accepted the edit that names the photo:
    /// it holds nothing of this phone there yet, so its no to the photo is not its last word.
    #[test]
    fn what_the_office_does_not_list_yet_makes_no_photo_final() {
        let store = new_store();
        let photo = attached(&store, &picture(100));
        for change in store.read(|r| r.changes(HOME)).unwrap() {
            let receipt = Receipt { ordinal: 1, at: Timestamp::from_millis(2) };
            store.write(|tx| tx.acknowledge(HOME, change.hash, None, receipt)).unwrap();
        }
        assert!(!store.write(|tx| tx.photo_rejected(photo, HOME)).unwrap());
        store
            .write(|tx| {
                for change in tx.changes(HOME)? {
                    tx.confirm(HOME, change.hash)?;
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert!(store.write(|tx| tx.photo_rejected(photo, HOME)).unwrap());
        // A corrected edit with the same photo asks again.
        store.write(|tx| tx.attach(photo, HOME)).unwrap();
        assert_eq!(store.read(|r| r.photo_outbox()).unwrap().len(), 1);
    }

    #[test]
    fn evidence_of_a_record_that_is_not_here_goes_once_a_backup_holds_it() {
        let store = new_store();
        let photo = attached(&store, &picture(100));
        let elsewhere = RecordId([9; 16]);
        store.write(|tx| tx.attach(photo, elsewhere)).unwrap();
        assert_eq!(store.read(|r| r.photo_outbox()).unwrap().len(), 2);
        let there = || store.read(|r| r.attachments_of(elsewhere)).unwrap().len();
        store
            .write(|tx| {
                tx.set_watermark(1)?;
                tx.photo_received(photo, elsewhere, 100, true)?;
                tx.sweep()
            })
            .unwrap();
        assert_eq!(there(), 1, "the office's disk may die before it is backed up");
        store
            .write(|tx| {
                tx.backed_up(1, 5)?;
                tx.backed_up(5, 6)?;
                tx.sweep()
            })
            .unwrap();
        assert_eq!(there(), 0);
        assert!(store.photo(photo).unwrap().is_some(), "the home still shows it");
    }

    /// Of a damaged file the table of uses may be what is lost, while the edits and the photos are saved.
    #[test]
    fn after_damage_a_photo_of_an_unsent_edit_is_handed_in_and_one_of_no_edit_goes() {
        let store = new_store();
        let (used, unused) = (attached(&store, &picture(100)), attached(&store, &picture(200)));
        store.edit(ORDER, Kind::Home, &Edit::new().photos(&[used])).unwrap();
        store
            .write(|tx| {
                tx.db.execute("DELETE FROM attachment_use", [])?;
                tx.finish_salvaged_photos()
            })
            .unwrap();
        let waiting = store.read(|r| r.photo_outbox()).unwrap();
        assert_eq!(
            waiting.iter().map(|usage| (usage.photo.photo, usage.record)).collect::<Vec<_>>(),
            [(used, ORDER)]
        );
        assert!(store.photo(unused).unwrap().is_none());
    }
}
