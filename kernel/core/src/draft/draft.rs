//! A whole starter manifest, with what has to be added beside it.
//! Knows nothing of files.

use std::collections::BTreeSet;

use super::text::{comment, list, quoted};
use super::tool::{Block, block};
use crate::definition::Definition;
use crate::manifest;
use crate::source::Problem;

/// A starter manifest.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The manifest's text, without pins. It loads.
    pub manifest: String,
    /// Tools that are declared, with their pins, in the order of the text.
    pub declared: Vec<(String, String)>,
    /// Tools that the sample grant lets be called.
    pub sure: Vec<String>,
    /// A grant for a policy file, or a comment where nothing is sure.
    pub grant: String,
    /// What is in doubt: the tool, and why.
    pub doubts: Vec<(String, Vec<String>)>,
}

impl Draft {
    /// Drafts the manifest of a server of this name from what it says of its tools.
    ///
    /// # Errors
    /// A name that no manifest can have.
    pub fn of<'d>(
        server: &str,
        definitions: impl IntoIterator<Item = &'d Definition>,
    ) -> Result<Self, Vec<Problem>> {
        let head = format!("server = {}\n", quoted(server));
        // A name that is refused is refused here, and not once for each tool.
        let probe = format!("{head}[tool.a]\ndescription = \"a\"\ncapabilities = [\"a:read\"]\n");
        manifest::parse(&probe, "--name")?;
        let mut draft = Self {
            manifest: comment(HEAD) + &head + "pinned = true\n",
            declared: Vec::new(),
            sure: Vec::new(),
            grant: String::new(),
            doubts: Vec::new(),
        };
        let mut granted = BTreeSet::new();
        let mut names = BTreeSet::new();
        for definition in definitions {
            let name = definition.name();
            let mut block = block(server, definition);
            if block.declared {
                if let Err(found) = manifest::parse(&format!("{head}{}", block.text), "") {
                    let why = found.first().map(|one| one.message.clone());
                    block = Block::beyond(definition, &why.unwrap_or_default());
                } else if !names.insert(name.to_ascii_lowercase()) {
                    let why = "its name differs from another's in letter case alone";
                    block = Block::beyond(definition, why);
                }
            }
            draft.manifest.push('\n');
            draft.manifest.push_str(&block.text);
            if block.declared {
                draft.declared.push((name.to_owned(), definition.digest()));
            }
            if let Some(sure) = block.sure {
                granted.extend(sure);
                draft.sure.push(name.to_owned());
            }
            if !block.doubts.is_empty() {
                draft.doubts.push((name.to_owned(), block.doubts));
            }
        }
        draft.grant = grant(server, &granted);
        Ok(draft)
    }

    /// The pins as a table of the manifest, for who keeps no file of definitions.
    #[must_use]
    pub fn pins(&self) -> String {
        let line = |(name, digest): &(String, String)| format!("{name} = {}\n", quoted(digest));
        let lines: String = self.declared.iter().map(line).collect();
        format!("\n[pins]\n{lines}")
    }
}

const HEAD: &str = "\
Drafted from what the server says of itself, which nobody has checked: read every line, above all those that say `review`.
Tools are what their names say they are; annotations are believed only where they make a tool graver. A tool in doubt has the
capability `…:review`, which no policy should grant: correct its block, then give it another one. What cannot be declared
stands in comments and does not exist for agents. Descriptions are what agents read: better write them anew.
Paths are relative to the folder that the server runs in; where it wants an absolute one, say `kind = \"string\"` with `one_of`.";

fn grant(server: &str, granted: &BTreeSet<String>) -> String {
    if granted.is_empty() {
        return "# no tool is sure enough to be granted without a look: read the manifest first\n"
            .to_owned();
    }
    format!(
        "[[grant]]\nid = {}\nprincipal = \"analyst-agent\"\ncapabilities = {}\n",
        quoted(&format!("{server}-read")),
        list(granted.iter().map(String::as_str))
    )
}
