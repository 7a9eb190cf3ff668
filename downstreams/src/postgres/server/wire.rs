//! One connection: messages of protocol 3.0, text in and text out, each within a deadline and a bound.
//! Knows nothing of what is asked.

use std::io::{Read, Write};
use std::time::Instant;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::{ErrorResponseBody, Header, Message};
use postgres_protocol::message::frontend;

use super::fault::Fault;
use super::stream::Stream;
use crate::bounds;
use crate::postgres::code::PostgresCode;

/// A row in text form; `None` is NULL.
pub(super) type Row = Vec<Option<String>>;

/// A column of a result as the engine describes it.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    /// The relation that the column is a plain column of, else 0.
    pub(super) table: u32,
    /// Its number there.
    pub(super) column: i16,
    /// The type's number in `pg_type`.
    pub(super) kind: u32,
}

/// What a statement is, before it runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Described {
    pub(super) parameters: usize,
    /// None where it returns no rows.
    pub(super) fields: Option<Vec<Field>>,
}

/// A connection that is past its greeting.
pub(super) struct Wire {
    stream: Stream,
    inbox: BytesMut,
    deadline: Instant,
    /// The server's last word on the transaction: idle, in one, or in a failed one.
    status: u8,
    broken: bool,
}

/// The name under which the statement of a call is prepared.
const STATEMENT: &str = "aegis_call";

impl Wire {
    pub(super) fn new(stream: Stream, deadline: Instant) -> Self {
        Self {
            stream,
            inbox: BytesMut::new(),
            deadline,
            status: b'I',
            broken: false,
        }
    }

    /// The way itself, for the greeting.
    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Until when every later step may take.
    pub(super) fn until(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    /// Whether it is of no more use.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether no transaction is open.
    pub(super) fn is_idle(&self) -> bool {
        self.status == b'I'
    }

    /// Sends bytes; whatever fails here leaves the connection unusable.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let sent = self
            .stream
            .until(self.deadline)
            .and_then(|()| self.stream.write_all(bytes))
            .and_then(|()| self.stream.flush());
        sent.map_err(|error| self.fail(error.into()))
    }

    /// The next message that is about what was asked. Notices and settings are none.
    pub(super) fn receive(&mut self) -> Result<Message, Fault> {
        loop {
            let header = Header::parse(&self.inbox).map_err(|e| self.fail(e.into()))?;
            let length = header.map_or(0, |header| {
                usize::try_from(header.len()).unwrap_or(usize::MAX)
            });
            // Before it is read: a row of a gigabyte must not be held.
            if length > bounds::MESSAGE_BYTES_MAX {
                return Err(self.fail(PostgresCode::TooLarge.into()));
            }
            let message = Message::parse(&mut self.inbox).map_err(|e| self.fail(e.into()))?;
            match message {
                Some(Message::NoticeResponse(_) | Message::ParameterStatus(_)) => {}
                Some(Message::NotificationResponse(_)) => {}
                Some(Message::ReadyForQuery(ready)) => {
                    self.status = ready.status();
                    return Ok(Message::ReadyForQuery(ready));
                }
                Some(message) => return Ok(message),
                None => self.fill()?,
            }
        }
    }

    fn fill(&mut self) -> Result<(), Fault> {
        let mut piece = [0; 16 * 1024];
        let read = self
            .stream
            .until(self.deadline)
            .and_then(|()| self.stream.read(&mut piece));
        match read {
            Ok(0) => Err(self.fail(Fault::Lost)),
            Ok(count) => {
                self.inbox.extend(piece.iter().take(count));
                Ok(())
            }
            Err(error) => Err(self.fail(error.into())),
        }
    }

    fn fail(&mut self, fault: Fault) -> Fault {
        self.broken = true;
        fault
    }

    /// Runs statements of our own, if there are any, without results. The first fault counts.
    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Fault> {
        if sql.is_empty() {
            return Ok(());
        }
        let mut out = BytesMut::new();
        frontend::query(sql, &mut out).map_err(|_nul| Fault::from(PostgresCode::BadArgument))?;
        self.send(&out)?;
        self.settle(|_| {})
    }

    /// Runs one statement of our own; all its rows, within `bytes_max`.
    pub(super) fn ask(&mut self, sql: &str, params: &[&str]) -> Result<Vec<Row>, Fault> {
        let params: Vec<Option<String>> = params.iter().map(|p| Some((*p).to_owned())).collect();
        self.ask_with(sql, &params)
    }

    /// The same with parameters that can be NULL.
    pub(super) fn ask_with(
        &mut self,
        sql: &str,
        params: &[Option<String>],
    ) -> Result<Vec<Row>, Fault> {
        let mut out = BytesMut::new();
        frontend::parse("", sql, [], &mut out).map_err(|_nul| bad())?;
        bind("", "", params, &mut out)?;
        frontend::execute("", 0, &mut out).map_err(|_nul| bad())?;
        frontend::sync(&mut out);
        self.send(&out)?;
        let mut rows = Vec::new();
        let mut bytes = 0_usize;
        self.settle(|message| {
            if let Message::DataRow(body) = message {
                bytes = bytes.saturating_add(body.buffer().len());
                if bytes <= bounds::ANSWER_BYTES_MAX {
                    rows.extend(read_row(&body));
                }
            }
        })?;
        match bytes > bounds::ANSWER_BYTES_MAX {
            true => Err(PostgresCode::TooLarge.into()),
            false => Ok(rows),
        }
    }

    /// Prepares the statement of a call. The protocol takes exactly one.
    pub(super) fn prepare(&mut self, sql: &str) -> Result<Described, Fault> {
        let mut out = BytesMut::new();
        frontend::parse(STATEMENT, sql, [], &mut out).map_err(|_nul| bad())?;
        frontend::describe(b'S', STATEMENT, &mut out).map_err(|_nul| bad())?;
        frontend::sync(&mut out);
        self.send(&out)?;
        let mut described = Described::default();
        self.settle(|message| match message {
            Message::ParameterDescription(body) => {
                described.parameters = body.parameters().count().unwrap_or(usize::MAX);
            }
            Message::RowDescription(body) => {
                let field = |field: postgres_protocol::message::backend::Field<'_>| {
                    Ok(Field {
                        name: field.name().to_owned(),
                        table: field.table_oid(),
                        column: field.column_id(),
                        kind: field.type_oid(),
                    })
                };
                described.fields = body.fields().map(field).collect().ok();
            }
            _ => {}
        })?;
        Ok(described)
    }

    /// Runs the prepared statement and hands each row on as it comes, a portion at a time, until `take` says that it
    /// is enough: what is not asked for is not sent. Answers the command's tag, or nothing where it was cut.
    pub(super) fn run(
        &mut self,
        params: &[Option<String>],
        mut take: impl FnMut(Row) -> Result<bool, Fault>,
    ) -> Result<Option<String>, Fault> {
        let mut first = true;
        let (mut rows, mut bytes) = (0_usize, 0_usize);
        loop {
            let mut out = BytesMut::new();
            if std::mem::take(&mut first) {
                bind("", STATEMENT, params, &mut out)?;
            }
            frontend::execute("", portion(rows, bytes), &mut out).map_err(|_nul| bad())?;
            frontend::sync(&mut out);
            self.send(&out)?;
            let (mut tag, mut enough, mut refused) = (None, false, None);
            self.settle(|message| match message {
                Message::DataRow(body) if !enough => {
                    rows += 1;
                    bytes = bytes.saturating_add(body.buffer().len());
                    match read_row(&body).map_or(Err(Fault::Lost), &mut take) {
                        Ok(more) => enough = !more,
                        Err(fault) => {
                            enough = true;
                            refused = Some(fault);
                        }
                    }
                }
                Message::CommandComplete(body) => tag = body.tag().ok().map(str::to_owned),
                Message::EmptyQueryResponse => refused = Some(PostgresCode::BadStatement.into()),
                _ => {}
            })?;
            match (refused, tag) {
                (Some(fault), _) => return Err(fault),
                (None, Some(tag)) => return Ok(Some(tag)),
                (None, None) if enough => return Ok(None),
                (None, None) => {}
            }
        }
    }

    /// Reads to the end of the exchange; the first error that the server told is the outcome.
    fn settle(&mut self, mut each: impl FnMut(Message)) -> Result<(), Fault> {
        let mut told = None;
        loop {
            match self.receive()? {
                Message::ReadyForQuery(_) => break,
                Message::ErrorResponse(body) => {
                    let state = state_of(&body);
                    // The session ends with these; nothing more will come.
                    let fatal = matches!(
                        state.as_str(),
                        "57P01" | "57P02" | "57P03" | "57P05" | "25P03"
                    );
                    if fatal {
                        return Err(self.fail(Fault::Lost));
                    }
                    told.get_or_insert(Fault::Told(state));
                }
                Message::CopyInResponse(_) => {
                    let mut out = BytesMut::new();
                    frontend::copy_fail("refused", &mut out).map_err(|_nul| bad())?;
                    self.send(&out)?;
                }
                message => each(message),
            }
        }
        told.map_or(Ok(()), Err)
    }
}

/// How many rows are asked for next: as many as fit a bound, going by those that came.
fn portion(rows: usize, bytes: usize) -> i32 {
    let each = bytes
        .checked_div(rows)
        .unwrap_or(bounds::PORTION_BYTES / 8)
        .max(1);
    let fitting = (bounds::PORTION_BYTES / each).clamp(1, bounds::PORTION_ROWS_MAX);
    i32::try_from(fitting).unwrap_or(1)
}

fn bad() -> Fault {
    PostgresCode::BadArgument.into()
}

/// The SQLSTATE of an error.
pub(super) fn state_of(body: &ErrorResponseBody) -> String {
    let mut fields = body.fields();
    while let Ok(Some(field)) = fields.next() {
        if field.type_() == b'C' {
            return String::from_utf8_lossy(field.value_bytes()).into_owned();
        }
    }
    String::new()
}

/// All parameters and all results as text.
fn bind(
    portal: &str,
    statement: &str,
    params: &[Option<String>],
    out: &mut BytesMut,
) -> Result<(), Fault> {
    use postgres_protocol::IsNull;
    let write = |param: &Option<String>, out: &mut BytesMut| {
        Ok(match param {
            Some(text) => {
                out.extend_from_slice(text.as_bytes());
                IsNull::No
            }
            None => IsNull::Yes,
        })
    };
    frontend::bind(portal, statement, [], params, write, [], out).map_err(|_form| bad())
}

/// A row's cells; `None` where they are no text.
fn read_row(body: &postgres_protocol::message::backend::DataRowBody) -> Option<Row> {
    let cell = |range: Option<std::ops::Range<usize>>| match range {
        None => Ok(None),
        Some(range) => {
            let bytes = body
                .buffer()
                .get(range)
                .ok_or(std::io::ErrorKind::InvalidData)?;
            let text = std::str::from_utf8(bytes).map_err(std::io::Error::other)?;
            Ok(Some(text.to_owned()))
        }
    };
    body.ranges().map(cell).collect().ok()
}
