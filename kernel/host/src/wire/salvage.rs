//! The id that a refused line carries, so that its answer finds who waits for it.
//! Knows nothing of why the line was refused.
//!
//! What stands within strings may be anything; the structure around them must leave one reading alone: a key, a
//! colon, a value, a comma, and brackets that match. Whatever else there is, nobody can say whose the line was.

use aegis_core::json;
use aegis_core::limits::MESSAGE_RULES;
use memchr::memchr2;

use super::Id;

/// The one id at the top level of a line. Of a line that was `cut` at its bound, the one that was read until there.
pub(super) fn salvage(line: &[u8], cut: bool) -> Option<Id> {
    let mut rest = Rest(line);
    let mut found = None;
    rest.blanks();
    rest.take(b'{').ok()?;
    loop {
        match rest.member() {
            Ok(member) => {
                if member.is_id()? && found.replace(member.id()?).is_some() {
                    return None;
                }
                if member.is_last {
                    break;
                }
            }
            Err(Stop::End) if cut => return found,
            Err(_) => return None,
        }
    }
    rest.blanks();
    found.filter(|_| cut || rest.0.is_empty())
}

/// Why there is no further member.
enum Stop {
    /// The line ends before.
    End,
    /// There is something that can be read in two ways, or in none.
    Unclear,
}

/// One member of the message.
struct Member<'l> {
    key: &'l [u8],
    value: &'l [u8],
    is_last: bool,
}

impl Member<'_> {
    /// Whether its key is `id`, however it is spelt; `None` where nobody can say.
    fn is_id(&self) -> Option<bool> {
        if !self.key.contains(&b'\\') {
            return Some(self.key == b"\"id\"");
        }
        let key = json::parse(self.key, &MESSAGE_RULES).ok()?;
        Some(key.as_str() == Some("id"))
    }

    fn id(&self) -> Option<Id> {
        Id::from_json(&json::parse(self.value, &MESSAGE_RULES).ok()?)
    }
}

/// What is not read yet.
struct Rest<'l>(&'l [u8]);

impl<'l> Rest<'l> {
    fn member(&mut self) -> Result<Member<'l>, Stop> {
        self.blanks();
        let key = self.string()?;
        self.blanks();
        self.take(b':')?;
        self.blanks();
        let value = self.value()?;
        self.blanks();
        let is_last = self.peek()? == b'}';
        if !is_last {
            self.take(b',')?;
        } else {
            self.take(b'}')?;
        }
        Ok(Member {
            key,
            value,
            is_last,
        })
    }

    fn value(&mut self) -> Result<&'l [u8], Stop> {
        let from = self.0;
        match self.peek()? {
            b'"' => return self.string(),
            b'{' | b'[' => self.nested()?,
            _ => {
                self.word();
                // What a cut has left of a number may be half of it.
                self.peek()?;
            }
        }
        let value = from.get(..from.len() - self.0.len()).unwrap_or_default();
        match value.is_empty() {
            true => Err(Stop::Unclear),
            false => Ok(value),
        }
    }

    /// A list or an object: brackets that match, whatever stands between them.
    fn nested(&mut self) -> Result<(), Stop> {
        let mut open = Vec::new();
        loop {
            self.blanks();
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' => open.push(b'}'),
                b'[' => open.push(b']'),
                close @ (b'}' | b']') => {
                    if open.pop() != Some(close) {
                        return Err(Stop::Unclear);
                    }
                }
                b',' | b':' => {}
                _ => {
                    let before = self.0.len();
                    self.word();
                    if self.0.len() == before {
                        return Err(Stop::Unclear);
                    }
                    continue;
                }
            }
            self.skip(1);
            if open.is_empty() {
                return Ok(());
            }
        }
    }

    /// A string with its quotes. Its end is where every reader finds it: after an escape that is one.
    fn string(&mut self) -> Result<&'l [u8], Stop> {
        let from = self.0;
        self.take(b'"')?;
        loop {
            let at = memchr2(b'"', b'\\', self.0).ok_or(Stop::End)?;
            let is_end = self.0.get(at) == Some(&b'"');
            self.skip(at + 1);
            if is_end {
                return Ok(from.get(..from.len() - self.0.len()).unwrap_or_default());
            }
            let escaped = self.peek()?;
            self.skip(1);
            if escaped == b'u' {
                let digits = self.0.get(..4).ok_or(Stop::End)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(Stop::Unclear);
                }
            }
        }
    }

    /// A number or a word.
    fn word(&mut self) {
        let is_part =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let length = self.0.iter().take_while(|byte| is_part(byte)).count();
        self.skip(length);
    }

    fn blanks(&mut self) {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let length = self.0.iter().take_while(|byte| is_blank(byte)).count();
        self.skip(length);
    }

    fn take(&mut self, wanted: u8) -> Result<(), Stop> {
        if self.peek()? != wanted {
            return Err(Stop::Unclear);
        }
        self.skip(1);
        Ok(())
    }

    fn peek(&self) -> Result<u8, Stop> {
        self.0.first().copied().ok_or(Stop::End)
    }

    fn skip(&mut self, length: usize) {
        self.0 = self.0.get(length..).unwrap_or_default();
    }
}
