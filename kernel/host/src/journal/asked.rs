//! Who waits for a record, and how many who do are answered at once.
//! Knows nothing of records.

use aegis_verify::Anchor;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::message::NotWritten;

type Written = Result<Anchor, NotWritten>;

/// Somebody who waits for a record to be durable.
pub(super) struct Asked {
    to: oneshot::Sender<Written>,
    /// The runtime that it waits in, if any.
    home: Option<Handle>,
}

impl Asked {
    /// Somebody who waits here, and where the answer will arrive.
    pub(super) fn here() -> (Self, oneshot::Receiver<Written>) {
        let (to, answered) = oneshot::channel();
        let home = Handle::try_current().ok();
        (Self { to, home }, answered)
    }

    /// Answers all. An answer that reaches a runtime from another thread wakes it by a call of the system. Those of one
    /// batch go there together and are given out there: that is one call for all of them.
    pub(super) fn answer(all: Vec<(Self, Written)>) {
        let home = common_home(&all);
        let answers = Answers(all);
        match home {
            // Where it has ended, the answers are given out as its task is dropped.
            Some(home) => drop(home.spawn(async move { drop(answers) })),
            None => drop(answers),
        }
    }
}

/// The one runtime that several wait in; `None` where there is nothing to be gained, or not all of them wait there.
fn common_home(all: &[(Asked, Written)]) -> Option<Handle> {
    let [(first, _), second, rest @ ..] = all else {
        return None;
    };
    let home = first.home.as_ref()?;
    let lives_there =
        |(asked, _): &(Asked, Written)| asked.home.as_ref().is_some_and(|at| at.id() == home.id());
    (lives_there(second) && rest.iter().all(lives_there)).then(|| home.clone())
}

/// Answers on their way: given out when this is dropped, so that none is lost whatever becomes of the way.
struct Answers(Vec<(Asked, Written)>);

impl Drop for Answers {
    fn drop(&mut self) {
        for (asked, written) in self.0.drain(..) {
            // Whoever asked may be gone; the record stands all the same.
            let _ = asked.to.send(written);
        }
    }
}
