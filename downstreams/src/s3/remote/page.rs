//! One page of a listing, out of the store's XML: read strictly, believed in nothing.
//! Knows nothing of requests.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::bounds::LISTING_PAGE_KEYS_MAX;

/// `ListBucketResult` of ListObjectsV2.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Page {
    #[serde(default)]
    pub(super) contents: Vec<Entry>,
    #[serde(default)]
    common_prefixes: Vec<Prefix>,
    #[serde(default)]
    is_truncated: bool,
    next_continuation_token: Option<String>,
}

/// One object.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) size: u64,
    #[serde(rename = "ETag")]
    pub(super) e_tag: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Prefix {
    prefix: String,
}

impl Page {
    /// Reads a page; `None` where it is none, or where it names what was not asked for: a key that does not
    /// begin with `prefix` or does not lie beyond `after`, one twice or out of order.
    pub(super) fn read(body: &[u8], prefix: &str, after: &str) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        // A document of another kind has none of these fields and would look like an empty page.
        let named = text.trim_start_matches('\u{feff}').trim_start();
        let named = match named.strip_prefix("<?xml") {
            Some(rest) => rest.split_once("?>")?.1.trim_start(),
            None => named,
        };
        if !named.starts_with("<ListBucketResult") || text.contains("<!DOCTYPE") {
            return None;
        }
        let page: Self = quick_xml::de::from_str(text).ok()?;
        let mut last = after;
        for entry in &page.contents {
            if !entry.key.starts_with(prefix) || entry.key.as_str() <= last {
                return None;
            }
            last = &entry.key;
        }
        let within = |p: &Prefix| p.prefix.starts_with(prefix) && p.prefix.len() > prefix.len();
        let fits = page.contents.len() + page.common_prefixes.len() <= LISTING_PAGE_KEYS_MAX
            && page.common_prefixes.iter().all(within)
            && (!page.is_truncated || page.next_continuation_token.is_some());
        fits.then_some(page)
    }

    /// The names of the folders right below `prefix`.
    pub(super) fn folders(&self, prefix: &str) -> BTreeSet<&str> {
        let folders = self.common_prefixes.iter();
        folders
            .filter_map(|p| p.prefix.strip_prefix(prefix)?.strip_suffix('/'))
            .collect()
    }

    /// How to ask for the next page; `None` where this is the last.
    pub(super) fn next(&self) -> Option<&str> {
        let token = self.next_continuation_token.as_deref();
        token.filter(|_| self.is_truncated)
    }
}
