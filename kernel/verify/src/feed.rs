//! Reads the files of records in order and what each line says by itself on as many cores as are given.
//! Knows nothing of how lines follow each other.

use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use aegis_core::audit::{Glance, Reading, RecordFault};
use aegis_core::limits;

use super::files::SegmentFile;
use super::regular::open_regular;

/// Bytes read at once, unless the auditor says otherwise.
const CHUNK: usize = 256 * 1024;
/// Blocks that wait for a core, and batches that wait to be followed, for each core.
const QUEUE: usize = 2;

/// What a check may use of the machine. No answer depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cores {
    /// How many threads read lines.
    pub(crate) threads: usize,
    /// How many bytes are read at once; 0 for the usual.
    pub(crate) chunk: usize,
}

/// One line of a file.
pub(crate) struct Step {
    /// Where it begins.
    pub(crate) offset: u64,
    /// Where the next one does.
    pub(crate) end: u64,
    /// What it says.
    pub(crate) line: Result<Glance, RecordFault>,
}

/// Lines of one file, in order.
pub(crate) struct Batch {
    /// Which file, by its place in the list.
    pub(crate) file: usize,
    /// The lines.
    pub(crate) steps: Vec<Step>,
    /// How the file ends, in its last batch.
    pub(crate) ending: Option<Ending>,
}

/// The end of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Behind a newline, at this offset.
    Whole(u64),
    /// Bytes without a newline begin at this offset; they end the file or are longer than a record.
    Rest(u64),
}

/// Whole lines as they stand in the file.
struct Block {
    file: usize,
    offset: u64,
    bytes: Vec<u8>,
    ending: Option<Ending>,
}

/// Hands the lines of all files to `take`, in order, until it says no.
pub(crate) fn each(
    files: &[SegmentFile],
    cores: Cores,
    mut take: impl FnMut(Batch) -> io::Result<bool>,
) -> io::Result<()> {
    let chunk = match cores.chunk {
        0 => CHUNK,
        bytes => bytes,
    };
    if cores.threads <= 1 {
        let mut reading = Reading::default();
        return blocks(files, chunk, |block| take(read(block?, &mut reading)));
    }
    std::thread::scope(|scope| {
        let mut inputs: Vec<SyncSender<io::Result<Block>>> = Vec::new();
        let mut outputs: Vec<Receiver<io::Result<Batch>>> = Vec::new();
        for _ in 0..cores.threads {
            let (input, blocks) = sync_channel::<io::Result<Block>>(QUEUE);
            let (batches, output) = sync_channel(QUEUE);
            inputs.push(input);
            outputs.push(output);
            scope.spawn(move || {
                let mut reading = Reading::default();
                for block in blocks {
                    let batch = block.map(|block| read(block, &mut reading));
                    if batches.send(batch).is_err() {
                        return;
                    }
                }
            });
        }
        scope.spawn(move || {
            let mut turn = inputs.iter().cycle();
            let mut hand = |block| turn.next().is_some_and(|input| input.send(block).is_ok());
            if let Err(error) = blocks(files, chunk, |block| Ok(hand(block))) {
                hand(Err(error));
            }
        });
        // Batches come back in the order in which blocks were dealt out.
        for output in outputs.iter().cycle() {
            let Ok(batch) = output.recv() else {
                return Ok(());
            };
            if !take(batch?)? {
                return Ok(());
            }
        }
        Ok(())
    })
}

/// What each line of a block says by itself.
fn read(block: Block, reading: &mut Reading) -> Batch {
    let mut steps = Vec::with_capacity(block.bytes.len() / 512);
    let mut offset = block.offset;
    let mut begun = 0;
    // A block ends behind a newline, so that the last newline ends the last line.
    for newline in memchr::memchr_iter(b'\n', &block.bytes) {
        let line = block.bytes.get(begun..newline).unwrap_or_default();
        begun = newline + 1;
        let end = block.offset + u64::try_from(begun).unwrap_or(u64::MAX);
        let line = Glance::of(line, reading);
        steps.push(Step { offset, end, line });
        offset = end;
    }
    Batch {
        file: block.file,
        steps,
        ending: block.ending,
    }
}

/// Cuts the files into blocks of whole lines.
fn blocks(
    files: &[SegmentFile],
    chunk: usize,
    mut take: impl FnMut(io::Result<Block>) -> io::Result<bool>,
) -> io::Result<()> {
    for (at, file) in files.iter().enumerate() {
        let mut source = open(file)?;
        let mut offset = 0;
        let mut pending: Vec<u8> = Vec::new();
        loop {
            let held = pending.len();
            pending.reserve(chunk);
            let limit = u64::try_from(chunk).unwrap_or(u64::MAX);
            let read = source.by_ref().take(limit).read_to_end(&mut pending)?;
            let fresh = pending.get(held..).unwrap_or_default();
            let whole = memchr::memrchr(b'\n', fresh).map_or(0, |newline| held + newline + 1);
            let rest = pending.split_off(whole);
            let bytes = std::mem::replace(&mut pending, rest);
            let begun = offset;
            offset += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let endless = pending.len() > limits::RECORD_BYTES_MAX;
            let ending = match (read, pending.is_empty()) {
                (0, true) => Some(Ending::Whole(offset)),
                (0, false) => Some(Ending::Rest(offset)),
                _ if endless => Some(Ending::Rest(offset)),
                _ => None,
            };
            let block = Block {
                file: at,
                offset: begun,
                bytes,
                ending,
            };
            if !take(Ok(block))? {
                return Ok(());
            }
            if ending.is_some() {
                break;
            }
        }
    }
    Ok(())
}

/// A file of records, if it is a regular file.
pub(crate) fn open(file: &SegmentFile) -> io::Result<File> {
    open_regular(&file.path)?.ok_or_else(|| {
        let what = format!("`{}` went away while it was read", file.name);
        io::Error::new(io::ErrorKind::NotFound, what)
    })
}
