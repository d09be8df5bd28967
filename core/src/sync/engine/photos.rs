//! PhotoQueue: apart from records, by content hash, in pieces, going on where they stopped.
//!
//! They travel after everything else, and one that does not move is passed over: evidence is large, and a
//! record must not wait for it.

use std::collections::VecDeque;

use serde_bytes::ByteBuf;

use super::phase::{Phase, Session, SyncStep};
use super::{End, Ended, Engine, Next, progress};
use crate::host::Host;
use crate::model::{PhotoId, RecordId};
use crate::store::{Store, StoreError};
use crate::sync::message::{Problem, Reply, Request, limit};
use crate::sync::report::Stage;

/// Photos still to move.
pub(super) struct PhotoQueue {
    left: VecDeque<Travelling>,
    bytes_done: u64,
    bytes_all: u64,
}

/// One photo under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Travelling {
    photo: PhotoId,
    record: RecordId,
    way: Direction,
}

#[derive(Debug, Clone, Copy)]
enum Direction {
    /// To the office; `at` is how far it is there, once the office has said so.
    Out { size: u64, at: Option<u64> },
    /// From the office; `at` is how far it is here.
    In { at: u64 },
}

impl Engine {
    /// What there is to move; nothing in a sync without photos.
    pub(super) fn photos(&self, store: &Store) -> Result<PhotoQueue, Ended> {
        if self.photos_later {
            return Ok(PhotoQueue { left: VecDeque::new(), bytes_done: 0, bytes_all: 0 });
        }
        let (out, begun) =
            store.read(|reader| Ok::<_, StoreError>((reader.photo_outbox()?, reader.photo_inbox()?)))?;
        let bytes_all = out.iter().map(|usage| usage.photo.size.saturating_sub(usage.sent)).sum();
        let mut left: VecDeque<Travelling> = out
            .iter()
            .map(|usage| Travelling {
                photo: usage.photo.photo,
                record: usage.record,
                way: Direction::Out { size: usage.photo.size, at: None },
            })
            .collect();
        left.extend(begun.iter().map(|usage| Travelling {
            photo: usage.photo.photo,
            record: usage.record,
            way: Direction::In { at: usage.photo.present },
        }));
        for (photo, record) in &self.wanted {
            if !begun.iter().any(|usage| usage.photo.photo == *photo) {
                left.push_back(Travelling { photo: *photo, record: *record, way: Direction::In { at: 0 } });
            }
        }
        Ok(PhotoQueue { left, bytes_done: 0, bytes_all })
    }

    /// The next request about a photo; the sync is complete when none is left.
    pub(super) fn photos_on(&mut self, store: &Store, session: Box<Session>, mut photos: PhotoQueue) -> Next {
        loop {
            let Some(Travelling { photo, record, way }) = photos.left.front().copied() else {
                return Err(Ended(End::Complete));
            };
            let request = match way {
                Direction::Out { size, at: None } => Request::PhotoOffer { photo, record, size },
                Direction::Out { at: Some(offset), .. } => {
                    match store.photo_piece(photo, offset, limit::PHOTO_PIECE) {
                        Ok(bytes) => Request::PhotoPut { photo, offset, bytes: ByteBuf::from(bytes) },
                        // Its file is gone or damaged here: the others go on, the summary keeps showing it.
                        Err(
                            StoreError::NotFound { .. }
                            | StoreError::AttachmentMismatch
                            | StoreError::File { .. },
                        ) => {
                            self.photo_failed(&mut photos);
                            continue;
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
                Direction::In { at } => Request::PhotoGet { photo, record, offset: at },
            };
            let mut effects = vec![progress(Stage::Photos, photos.bytes_done, photos.bytes_all)];
            effects.extend(self.ask(Phase::Working(session, SyncStep::Photos(photos)), request)?);
            return Ok(effects);
        }
    }

    /// Follows an answer about a photo.
    pub(super) fn photo_moved(
        &mut self,
        store: &Store,
        host: &dyn Host,
        photos: &mut PhotoQueue,
        reply: Reply,
    ) -> Result<(), Ended> {
        let Some(travelling) = photos.left.front().copied() else { return Ok(()) };
        let Travelling { photo, record, way } = travelling;
        let next = match (way, reply) {
            (Direction::Out { size, at }, Reply::PhotoState { photo: about, received, complete })
                if about == photo =>
            {
                store.write_reserved(|tx| tx.photo_received(photo, record, received, complete))?;
                if complete {
                    self.report.photos_sent += 1;
                    None
                } else if received >= size || at.is_some_and(|at| received <= at) {
                    // The office takes pieces and gets nowhere.
                    self.report.photos_failed += 1;
                    None
                } else {
                    photos.bytes_done += received - at.unwrap_or(received);
                    Some(Direction::Out { size, at: Some(received) })
                }
            }
            (Direction::In { at }, Reply::PhotoPiece { photo: about, offset, total, bytes })
                if about == photo && offset == at && total <= limit::PHOTO =>
            {
                match keep(store, host, travelling, total, at, &bytes) {
                    Ok(present) if present == total => {
                        self.report.photos_received += 1;
                        None
                    }
                    Ok(present) if present > at => Some(Direction::In { at: present }),
                    Ok(_) => {
                        self.report.photos_failed += 1;
                        None
                    }
                    // Its bytes are wrong, or nothing here waits for them: the others go on.
                    Err(error) if error.is_of_one_record() => {
                        self.report.photos_failed += 1;
                        None
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            _ => {
                self.report.photos_failed += 1;
                None
            }
        };
        match (next, photos.left.front_mut()) {
            (Some(way), Some(front)) => front.way = way,
            _ => drop(photos.left.pop_front()),
        }
        Ok(())
    }

    /// The office does not take a photo, or does not give one: whatever becomes of it, the others go on.
    pub(super) fn photo_declined(
        &mut self,
        store: &Store,
        photos: &mut PhotoQueue,
        problem: &Problem,
    ) -> Result<(), Ended> {
        let Some(Travelling { photo, record, way }) = photos.left.front().copied() else { return Ok(()) };
        if matches!((way, problem), (Direction::Out { .. }, Problem::NotFound)) && self.answers.read_all {
            let rejected = store.write_reserved(|tx| tx.photo_rejected(photo, record))?;
            self.report.photos_rejected += u64::from(rejected);
        }
        self.photo_failed(photos);
        Ok(())
    }

    /// Passes a photo over; it is tried again in the next sync.
    fn photo_failed(&mut self, photos: &mut PhotoQueue) {
        self.report.photos_failed += 1;
        photos.left.pop_front();
    }
}

/// Keeps a fetched piece; the first one says how large the photo is.
fn keep(
    store: &Store,
    host: &dyn Host,
    Travelling { photo, record, .. }: Travelling,
    total: u64,
    offset: u64,
    bytes: &[u8],
) -> Result<u64, StoreError> {
    if offset == 0 {
        store.write(|tx| tx.fetch(photo, record, total, host.now(), host))?;
    }
    store.keep_piece(photo, offset, bytes, host)
}
