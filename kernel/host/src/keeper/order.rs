//! What a keeper is told to run, as its command line: written by the kernel, read by its keeper.
//! Knows nothing of secrets: any user may read a command line, so they travel in the environment.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::config::StrictConfig;

/// The first word of a keeper's command line.
pub(crate) const WORD: &str = "keep";
const OF: &str = "--of";
const RUN: &str = "--run";
const STRICT: &str = "--strict";
const READ: &str = "--read";
const WRITE: &str = "--write";
const CONNECT: &str = "--connect";
const LISTEN: &str = "--listen";
const DATAGRAMS: &str = "--datagrams";

/// One program to run and to end.
pub(crate) struct Order {
    /// The number of the kernel's process.
    pub(crate) of: i32,
    /// What the program may touch, where it is held to it.
    pub(crate) strict: Option<StrictConfig>,
    /// The program's file.
    pub(crate) program: PathBuf,
    /// What it is told that it is called.
    pub(crate) name: OsString,
    /// Its arguments.
    pub(crate) arguments: Vec<OsString>,
}

impl Order {
    /// The arguments that say this.
    pub(crate) fn words(&self) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec![WORD.into(), OF.into(), self.of.to_string().into()];
        if let Some(strict) = &self.strict {
            words.push(STRICT.into());
            for (word, paths) in [(READ, &strict.read), (WRITE, &strict.write)] {
                words.extend(
                    paths
                        .iter()
                        .flat_map(|path| [word.into(), path.clone().into()]),
                );
            }
            for (word, ports) in [(CONNECT, &strict.connect), (LISTEN, &strict.listen)] {
                words.extend(
                    ports
                        .iter()
                        .flat_map(|port| [word.into(), port.to_string().into()]),
                );
            }
            words.extend(strict.datagrams.then(|| DATAGRAMS.into()));
        }
        words.extend([RUN.into(), self.program.clone().into(), self.name.clone()]);
        words.extend(self.arguments.iter().cloned());
        words
    }

    /// What arguments say, the first word left out; `None` where they are not such words.
    pub(crate) fn read(mut words: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut of = None;
        let mut strict = None;
        loop {
            let word = words.next()?;
            match (word.to_str()?, &mut strict) {
                (OF, _) => of = Some(number(words.next()?)?),
                (RUN, _) => {
                    return Some(Self {
                        of: of?,
                        strict,
                        program: words.next()?.into(),
                        name: words.next()?,
                        arguments: words.collect(),
                    });
                }
                (STRICT, none @ None) => *none = Some(StrictConfig::default()),
                (READ, Some(strict)) => strict.read.push(words.next()?.into()),
                (WRITE, Some(strict)) => strict.write.push(words.next()?.into()),
                (CONNECT, Some(strict)) => strict.connect.push(number(words.next()?)?),
                (LISTEN, Some(strict)) => strict.listen.push(number(words.next()?)?),
                (DATAGRAMS, Some(strict)) => strict.datagrams = true,
                _ => return None,
            }
        }
    }
}

fn number<T: std::str::FromStr>(word: OsString) -> Option<T> {
    word.to_str()?.parse().ok()
}
