//! Encrypts and seals pages with the processor's AES and SHA-256 instructions, where SQLCipher's own library has only tables.
//!
//! The bytes in the file are the same: AES-256 in CBC mode and HMAC-SHA-256 have one answer. A page costs a fifth of
//! the time, and a morning's first list reads more than a thousand (docs/adr/0003-sqlcipher-libtomcrypt.md). Random
//! numbers, key derivation and every other algorithm stay with the library.
#![expect(unsafe_code, reason = "SQLCipher calls these functions with C pointers")]

use std::ffi::{c_int, c_void};
use std::sync::OnceLock;
use std::{ptr, slice, thread};

use aes::cipher::array::Array;
use aes::cipher::consts::U16;
use aes::cipher::{
    BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt, BlockCipherEncBackend,
    BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser,
};
use aes::{Aes256Dec, Aes256Enc};
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{Connection, ffi};
use sha2::Sha256;

use super::{StoreError, StoreKey};

/// `sqlcipher_provider` as far as it is used here; SQLCipher hands it out for "minor changes".
#[repr(C)]
struct Provider {
    /// `init`, `shutdown`, `get_provider_name`, `add_random`, `random`.
    before: [*const c_void; 5],
    hmac: HmacFn,
    kdf: *const c_void,
    cipher: CipherFn,
}

type HmacFn = unsafe extern "C" fn(
    ctx: *mut c_void,
    algorithm: c_int,
    key: *const u8,
    key_len: c_int,
    first: *const u8,
    first_len: c_int,
    second: *const u8,
    second_len: c_int,
    out: *mut u8,
) -> c_int;

type CipherFn = unsafe extern "C" fn(
    ctx: *mut c_void,
    mode: c_int,
    key: *const u8,
    key_len: c_int,
    iv: *const u8,
    input: *const u8,
    len: c_int,
    out: *mut u8,
) -> c_int;

unsafe extern "C" {
    fn sqlcipher_get_provider() -> *mut Provider;
    fn sqlite3_key(db: *mut ffi::sqlite3, key: *const c_void, len: c_int) -> c_int;
}

/// `SQLCIPHER_HMAC_SHA256`.
const SHA256: c_int = 1;
/// `SQLCIPHER_ENCRYPT`.
const ENCRYPT: c_int = 1;
const KEY: usize = 32;
const BLOCK: usize = 16;

/// The library's own, for what is not done here.
static LIBRARY: OnceLock<Option<(HmacFn, CipherFn)>> = OnceLock::new();

/// Puts these functions in place, once, before the first encrypted file is opened. Where the library has no provider to
/// change, it goes on as it is.
pub(super) fn install() {
    LIBRARY.get_or_init(|| {
        // SAFETY: takes no arguments; SQLite guards it against being called twice.
        if unsafe { ffi::sqlite3_initialize() } != ffi::SQLITE_OK {
            return None;
        }
        let provider = provider()?;
        let library = (provider.hmac, provider.cipher);
        (provider.hmac, provider.cipher) = (hmac, cipher);
        Some(library)
    });
}

/// The library's provider. SQLite calls itself initialized before SQLCipher is: what another thread's first connection, of any
/// file and with no key, has begun (`SQLITE_EXTRA_INIT`, outside of SQLite's lock) may not be at its end yet.
fn provider() -> Option<&'static mut Provider> {
    const TURNS: usize = 100_000;
    (0..TURNS).find_map(|_| {
        // SAFETY: SQLite is initialized; the provider lives as long as the process. Nobody reads it yet: pages are
        // encrypted by connections with a key, and `open.rs` alone makes those, after this.
        let provider = unsafe { sqlcipher_get_provider().as_mut() };
        if provider.is_none() {
            thread::yield_now();
        }
        provider
    })
}

/// What seals a page, of what SQLCipher offers: phones and servers have instructions for SHA-256, few have any for SHA-512.
const SEAL: &str = "PRAGMA cipher_hmac_algorithm = HMAC_SHA256;";

/// Gives a connection its key. Not as `PRAGMA key`: SQLite would copy the statement with the key in it, and the memory of
/// a statement is given back as it is. What SQLCipher keeps of the key it wipes itself when the connection closes.
pub(super) fn unlock(db: &Connection, key: &StoreKey) -> Result<(), StoreError> {
    install();
    let raw = key.raw();
    let len = c_int::try_from(raw.len()).map_err(|_| StoreError::WrongKey)?;
    // SAFETY: the connection is open as long as it is borrowed; the key is copied before the call returns.
    let code = unsafe { sqlite3_key(db.handle(), raw.as_ptr().cast(), len) };
    if code != ffi::SQLITE_OK {
        return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None).into());
    }
    Ok(db.execute_batch(SEAL)?)
}

/// Bytes C points to.
///
/// # Safety
/// `len` bytes at `at` must be readable while the slice is used.
unsafe fn bytes<'a>(at: *const u8, len: c_int) -> Option<&'a [u8]> {
    let len = usize::try_from(len).ok()?;
    // SAFETY: the caller's promise.
    (!at.is_null()).then(|| unsafe { slice::from_raw_parts(at, len) })
}

/// HMAC over one or two pieces.
unsafe extern "C" fn hmac(
    ctx: *mut c_void,
    algorithm: c_int,
    key: *const u8,
    key_len: c_int,
    first: *const u8,
    first_len: c_int,
    second: *const u8,
    second_len: c_int,
    out: *mut u8,
) -> c_int {
    let ours = || -> Option<()> {
        if algorithm != SHA256 || out.is_null() {
            return None;
        }
        // SAFETY: SQLCipher passes buffers of the lengths it says, and at least 32 bytes for the result.
        unsafe {
            let mut mac = Hmac::<Sha256>::new_from_slice(bytes(key, key_len)?).ok()?;
            mac.update(bytes(first, first_len)?);
            if let Some(second) = bytes(second, second_len) {
                mac.update(second);
            }
            let digest = mac.finalize().into_bytes();
            ptr::copy_nonoverlapping(digest.as_ptr(), out, digest.len());
        }
        Some(())
    };
    match (ours(), LIBRARY.get()) {
        (Some(()), _) => ffi::SQLITE_OK,
        // SAFETY: the library's own function with its own arguments.
        (None, Some(Some((library, _)))) => unsafe {
            library(ctx, algorithm, key, key_len, first, first_len, second, second_len, out)
        },
        (None, _) => ffi::SQLITE_ERROR,
    }
}

/// A page in CBC mode: each block is combined with the one before it as that is sealed. In the loop that the cipher runs with
/// its own instructions, a block as one number, this takes little more than half of what the crate `cbc` does
/// (docs/performance.md).
struct Chain<'a> {
    /// At first the initialization vector.
    before: u128,
    blocks: &'a mut [Array<u8, U16>],
}

fn number(block: Array<u8, U16>) -> u128 {
    u128::from_ne_bytes(block.into())
}

impl BlockSizeUser for Chain<'_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Chain<'_> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        let mut before = self.before;
        for block in self.blocks {
            *block = (number(*block) ^ before).to_ne_bytes().into();
            backend.encrypt_block((&mut *block).into());
            before = number(*block);
        }
    }
}

impl BlockCipherDecClosure for Chain<'_> {
    #[inline(always)]
    fn call<B: BlockCipherDecBackend<BlockSize = U16>>(self, backend: &B) {
        let mut before = self.before;
        // As many at once as the processor works on.
        let (many, rest) = Array::<_, B::ParBlocksSize>::slice_as_chunks_mut(self.blocks);
        for blocks in many {
            let sealed = blocks.clone();
            backend.decrypt_par_blocks((&mut *blocks).into());
            for (block, sealed) in blocks.iter_mut().zip(sealed) {
                *block = (number(*block) ^ before).to_ne_bytes().into();
                before = number(sealed);
            }
        }
        for block in rest {
            let sealed = *block;
            backend.decrypt_block((&mut *block).into());
            *block = (number(*block) ^ before).to_ne_bytes().into();
            before = number(sealed);
        }
    }
}

/// AES-256 in CBC mode over whole blocks.
unsafe extern "C" fn cipher(
    ctx: *mut c_void,
    mode: c_int,
    key: *const u8,
    key_len: c_int,
    iv: *const u8,
    input: *const u8,
    len: c_int,
    out: *mut u8,
) -> c_int {
    let ours = || -> Option<()> {
        let whole = usize::try_from(len).ok().filter(|len| len % BLOCK == 0)?;
        if out.is_null() || usize::try_from(key_len) != Ok(KEY) {
            return None;
        }
        // SAFETY: SQLCipher passes a key and an initialization vector of the sizes its provider names, and two buffers
        // of `len` bytes, which may be the same.
        unsafe {
            let (key, iv) = (bytes(key, key_len)?, bytes(iv, BLOCK as c_int)?);
            bytes(input, len)?;
            ptr::copy(input, out, whole);
            let (blocks, _) = Array::slice_as_chunks_mut(slice::from_raw_parts_mut(out, whole));
            let page = Chain { before: u128::from_ne_bytes(iv.try_into().ok()?), blocks };
            if mode == ENCRYPT {
                Aes256Enc::new_from_slice(key).ok()?.encrypt_with_backend(page);
            } else {
                Aes256Dec::new_from_slice(key).ok()?.decrypt_with_backend(page);
            }
        }
        Some(())
    };
    match (ours(), LIBRARY.get()) {
        (Some(()), _) => ffi::SQLITE_OK,
        // SAFETY: the library's own function with its own arguments.
        (None, Some(Some((_, library)))) => unsafe { library(ctx, mode, key, key_len, iv, input, len, out) },
        (None, _) => ffi::SQLITE_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> (HmacFn, CipherFn) {
        install();
        LIBRARY.get().unwrap().unwrap()
    }

    fn page() -> Vec<u8> {
        (0..4096_u32).map(|at| (at * 31 % 251) as u8).collect()
    }

    fn encrypt(with: CipherFn, mode: c_int, input: &[u8]) -> Vec<u8> {
        let (key, iv, mut out) = ([7; KEY], [9; BLOCK], vec![0; input.len()]);
        // SAFETY: buffers of the lengths given.
        let rc = unsafe {
            with(
                ptr::null_mut(),
                mode,
                key.as_ptr(),
                32,
                iv.as_ptr(),
                input.as_ptr(),
                input.len() as c_int,
                out.as_mut_ptr(),
            )
        };
        assert_eq!(rc, ffi::SQLITE_OK);
        out
    }

    fn seal(with: HmacFn, algorithm: c_int, second: Option<&[u8]>) -> [u8; 64] {
        let (page, key, mut out) = (page(), [3; KEY], [0; 64]);
        let (at, len) = second.map_or((ptr::null(), 0), |second| (second.as_ptr(), second.len() as c_int));
        // SAFETY: buffers of the lengths given.
        let rc = unsafe {
            with(ptr::null_mut(), algorithm, key.as_ptr(), 32, page.as_ptr(), 4096, at, len, out.as_mut_ptr())
        };
        assert_eq!(rc, ffi::SQLITE_OK);
        out
    }

    #[test]
    fn the_bytes_are_those_of_the_library() {
        let (_, theirs) = library();
        let sealed = encrypt(cipher, ENCRYPT, &page());
        assert_eq!(sealed, encrypt(theirs, ENCRYPT, &page()));
        assert_eq!(encrypt(cipher, 0, &sealed), page());
        assert_eq!(encrypt(theirs, 0, &sealed), page());
        // What is left of a page when its salt or its seal is taken off is no multiple of what is worked on at once.
        for len in [BLOCK, 7 * BLOCK, 9 * BLOCK, 4096 - 3 * BLOCK, 4096 - BLOCK] {
            let sealed = encrypt(cipher, ENCRYPT, &page()[..len]);
            assert_eq!(sealed, encrypt(theirs, ENCRYPT, &page()[..len]), "{len}");
            assert_eq!(encrypt(cipher, 0, &sealed), page()[..len], "{len}");
        }
    }

    #[test]
    fn the_key_is_the_one_sqlcipher_reads_out_of_a_statement() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let key = StoreKey::new([7; 32]);
        let db = Connection::open(&path).unwrap();
        unlock(&db, &key).unwrap();
        db.execute_batch("CREATE TABLE home (room TEXT); INSERT INTO home VALUES ('3栋2单元501')").unwrap();
        drop(db);
        let db = Connection::open(&path).unwrap();
        db.execute_batch(&format!("PRAGMA key = \"{}\"; {SEAL}", key.raw().as_str())).unwrap();
        let room: String = db.query_row("SELECT room FROM home", [], |row| row.get(0)).unwrap();
        assert_eq!(room, "3栋2单元501");
        let db = Connection::open(&path).unwrap();
        unlock(&db, &StoreKey::new([8; 32])).unwrap();
        assert!(db.query_row("SELECT room FROM home", [], |_| Ok(())).is_err());
    }

    #[test]
    fn pages_are_sealed_as_the_product_says() {
        let db = Connection::open_in_memory().unwrap();
        unlock(&db, &StoreKey::new([7; 32])).unwrap();
        let algorithm = db.pragma_query_value(None, "cipher_hmac_algorithm", |row| row.get::<_, String>(0));
        assert_eq!(algorithm.unwrap(), "HMAC_SHA256");
    }

    #[test]
    fn a_buffer_may_be_encrypted_in_place() {
        let (key, iv, mut page_) = ([7; KEY], [9; BLOCK], page());
        let at = page_.as_mut_ptr();
        // SAFETY: one buffer of 4096 bytes.
        let rc = unsafe { cipher(ptr::null_mut(), ENCRYPT, key.as_ptr(), 32, iv.as_ptr(), at, 4096, at) };
        assert_eq!((rc, page_), (ffi::SQLITE_OK, encrypt(cipher, ENCRYPT, &page())));
    }

    #[test]
    fn seals_are_those_of_the_library_whatever_the_algorithm() {
        let (theirs, _) = library();
        for algorithm in [0, SHA256, 2] {
            for second in [None, Some([1, 2, 3, 4].as_slice())] {
                assert_eq!(seal(hmac, algorithm, second), seal(theirs, algorithm, second), "{algorithm}");
            }
        }
    }

    #[test]
    fn what_it_cannot_do_is_an_error_of_the_library() {
        library();
        let (key, iv, mut page) = ([7; KEY], [9; BLOCK], page());
        let at = page.as_mut_ptr();
        // SAFETY: a shorter length than the buffer has.
        let rc = unsafe { cipher(ptr::null_mut(), ENCRYPT, key.as_ptr(), 32, iv.as_ptr(), at, 17, at) };
        assert_ne!(rc, ffi::SQLITE_OK);
    }
}
