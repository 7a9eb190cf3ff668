//! One capture, sealed and opened: HPKE (RFC 9180), DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
//! Knows nothing of what is in it, nor of files.
//!
//! Mode `psk`: beside the operator's private key it takes a secret of the call that derives from the destroyable key of
//! its salts. Once that key is gone, no copy of a capture can be read any more, whoever holds the private key.

use std::convert::Infallible;

use aegis_core::audit::{Id, Leaf};
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, PskBundle, Serializable as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{CaptureKey, CapturePublic};
use crate::random;

pub(super) type Suite = hpke::kem::X25519HkdfSha256;
pub(super) type Private = <Suite as Kem>::PrivateKey;
pub(super) type Public = <Suite as Kem>::PublicKey;
type Kdf = hpke::kdf::HkdfSha256;
type Aead = hpke::aead::ChaCha20Poly1305;

/// What all captures have in common.
const INFO: &[u8] = b"aegis/capture/v1";
/// Bytes of an encapsulated key: RFC 9180 §7.1.
const ENCAPSULATED: usize = 32;

/// The one decision that a capture belongs to. Under any other one it does not open.
#[derive(Clone)]
pub(crate) struct Bound {
    /// The log.
    pub(crate) log: Id,
    /// The call; one record of a log alone has its arguments.
    pub(crate) call: Id,
    /// What that record says of the arguments.
    pub(crate) commit: Leaf,
    /// The name of the key of its salts.
    pub(crate) salts: String,
    /// What derives from that key for this call.
    pub(crate) secret: Zeroizing<[u8; 32]>,
}

impl Bound {
    fn said(&self) -> Vec<u8> {
        format!("{}\n{}\n{}\n", self.log, self.call, self.commit).into_bytes()
    }

    fn psk(&self) -> Option<PskBundle<'_>> {
        PskBundle::new(self.secret.as_slice(), self.salts.as_bytes()).ok()
    }
}

impl CapturePublic {
    /// Whether anything can be sealed to it at all.
    pub(super) fn is_usable(&self) -> bool {
        let zero = Leaf::of_bytes(b"");
        let bound = Bound {
            log: Id::new(0, [0; 10]),
            call: Id::new(0, [0; 10]),
            commit: zero,
            salts: "-".to_owned(),
            secret: Zeroizing::new(*zero.as_bytes()),
        };
        seal(self, &bound, b"").is_some()
    }
}

/// Seals a text; `None` where the system has no randomness.
pub(super) fn seal(to: &CapturePublic, bound: &Bound, text: &[u8]) -> Option<Vec<u8>> {
    let mut seeded = Seeded::new()?;
    let (encapsulated, sealed) = hpke::single_shot_seal_with_rng::<Aead, Kdf, Suite>(
        &OpModeS::Psk(bound.psk()?),
        to.key(),
        INFO,
        text,
        &bound.said(),
        &mut seeded,
    )
    .ok()?;
    Some([encapsulated.to_bytes().as_slice(), &sealed].concat())
}

/// Opens what was sealed for this decision; `None` for anything else.
pub(crate) fn open(with: &CaptureKey, bound: &Bound, bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (encapsulated, sealed) = bytes.split_at_checked(ENCAPSULATED)?;
    let encapsulated = <Suite as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
    let text = hpke::single_shot_open::<Aead, Kdf, Suite>(
        &OpModeR::Psk(bound.psk()?),
        with.private(),
        &encapsulated,
        INFO,
        sealed,
        &bound.said(),
    );
    text.ok().map(Zeroizing::new)
}

/// Randomness that cannot fail half-way: 32 bytes of the system's, spread by SHA-256 in counter mode.
struct Seeded {
    seed: Zeroizing<[u8; 32]>,
    blocks: u64,
}

impl Seeded {
    fn new() -> Option<Self> {
        let mut seed = Zeroizing::new([0_u8; 32]);
        random::fill(seed.as_mut()).ok()?;
        Some(Self { seed, blocks: 0 })
    }

    fn block(&mut self) -> Zeroizing<[u8; 32]> {
        let mut hash = Sha256::new();
        hash.update(b"aegis/capture-random/v1");
        hash.update(self.seed.as_slice());
        hash.update(self.blocks.to_be_bytes());
        self.blocks += 1;
        Zeroizing::new(hash.finalize().into())
    }
}

impl TryRng for Seeded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for piece in to.chunks_mut(32) {
            let block = self.block();
            for (slot, byte) in piece.iter_mut().zip(block.iter()) {
                *slot = *byte;
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}
