//! What one record says that its bytes alone do not show to be wrong.
//! Knows nothing of the records around it.

use aegis_core::audit::{Class, EpochCertificate, Note, Seen, Violation};

pub(crate) fn at(class: Class, seq: u64, detail: String) -> Violation {
    Violation { class, seq, detail }
}

/// A seal's length is that of its file, or of what the file was before records were removed from it; a rotation holds
/// a certificate of its place.
pub(crate) fn meaning(record: &Seen, offset: u64, shortened: bool) -> Result<(), Violation> {
    if let Some(seal) = &record.seal
        && seal.bytes.get() != offset
        && !(shortened && seal.bytes.get() > offset)
    {
        let detail = "a seal that names another length than its file has".to_owned();
        return Err(at(Class::Edit, record.seq, detail));
    }
    if let Some(text) = &record.rotate {
        let certificate = Note::parse(text.as_bytes())
            .ok()
            .and_then(|note| EpochCertificate::parse(note.text()));
        if certificate.is_none_or(|certificate| certificate.from > record.seq.saturating_add(1)) {
            let detail = "a rotation without a certificate of this place".to_owned();
            return Err(at(Class::Malformed, record.seq, detail));
        }
    }
    Ok(())
}
