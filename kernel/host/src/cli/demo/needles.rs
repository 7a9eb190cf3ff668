//! Every personal value of the demo's world, and the disguises that the script asks for.
//! Knows nothing of masks.

use aho_corasick::AhoCorasick;
use rusqlite::Connection;

use super::world::World;

/// Values to look for.
pub(super) struct Needles {
    finder: AhoCorasick,
    len: usize,
}

impl Needles {
    /// Reads them from a world that nothing has touched yet.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub(super) fn of(world: &World) -> Result<Self, String> {
        let text = |error: rusqlite::Error| error.to_string();
        let database = Connection::open(world.database()).map_err(text)?;
        let mut values = Vec::new();
        let plain = "SELECT email FROM customers UNION ALL SELECT phone FROM customers UNION ALL SELECT ssn FROM customers";
        let disguised = "SELECT replace(email, '@', ' at ') FROM customers UNION ALL SELECT hex(ssn) FROM customers";
        for sql in [plain, disguised] {
            let mut statement = database.prepare(sql).map_err(text)?;
            let found = statement
                .query_map([], |row| row.get::<_, String>(0))
                .map_err(text)?;
            for value in found {
                values.push(value.map_err(text)?);
            }
        }
        let planted = [
            "lena.private@example.org",
            "4111 1111 1111 1111",
            "536-22-8714",
            "martin.hidden@example.org",
        ];
        values.extend(planted.map(str::to_owned));
        let finder = AhoCorasick::new(&values).map_err(|error| error.to_string())?;
        Ok(Self {
            finder,
            len: values.len(),
        })
    }

    /// How many occurrences a text holds.
    pub(super) fn count(&self, text: &[u8]) -> usize {
        self.finder.find_iter(text).count()
    }

    /// How many values are known.
    pub(super) fn len(&self) -> usize {
        self.len
    }
}
