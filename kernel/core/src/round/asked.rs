//! The questions of a downstream, read strictly.
//! Knows nothing of whether they may be asked, nor of masks.

use std::collections::BTreeMap;

use super::form::is_secret;
use super::{Continuation, Form};
use crate::denial::{Denial, Phase};
use crate::json::{Json, Object};
use crate::limits::{ROUND_MESSAGE_BYTES_MAX, ROUND_QUESTIONS_MAX, ROUND_STATE_BYTES_MAX};

const ELICIT: &str = "elicitation/create";

/// The questions of one round, by their names, and the downstream's own state, which stays in the kernel.
#[derive(Clone, PartialEq, Eq)]
pub struct Asked {
    forms: BTreeMap<String, Form>,
    state: Option<String>,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Asked({})", self.forms.len())
    }
}

impl Asked {
    /// Reads a result of the type `input_required`: what was asked, and the questions as they may be shown, each with
    /// the name of who asks. Members that the protocol does not know are left behind.
    ///
    /// # Errors
    /// `kernel.input-refused` where a question is no form of plain values, is about something secret, or where nothing is asked
    /// and nothing is to be brought back either.
    pub fn read(result: &Json, server: &str) -> Result<(Self, Object), Denial> {
        let refused = |why| refused(why);
        let state = match result.get("requestState") {
            None => None,
            Some(Json::String(state)) if state.len() <= ROUND_STATE_BYTES_MAX => {
                Some(state.clone())
            }
            Some(_) => return Err(refused("its state is none, or too long")),
        };
        let mut asked = Self {
            forms: BTreeMap::new(),
            state,
        };
        let mut shown = Object::new();
        match result.get("inputRequests") {
            None if asked.state.is_some() => {}
            Some(Json::Object(requests)) if requests.len() <= ROUND_QUESTIONS_MAX => {
                for (name, request) in requests.iter() {
                    let (form, question) = question(request, server).ok_or_else(|| {
                        refused(
                            "it asks for more than a short form of plain values, or for a secret",
                        )
                    })?;
                    asked.forms.insert(name.to_owned(), form);
                    shown.insert(name, question);
                }
            }
            _ => {
                return Err(refused(
                    "it says that it needs something and does not say what",
                ));
            }
        }
        if asked.forms.is_empty() && asked.state.is_none() {
            return Err(refused(
                "it says that it needs something and does not say what",
            ));
        }
        Ok((asked, shown))
    }

    /// Why questions of a tool that may not ask, or to an agent that cannot be asked, are not heard.
    #[must_use]
    pub fn unheard() -> Denial {
        refused("this tool may not ask, or the agent cannot be asked")
    }

    /// Whether these are the same questions: masks may change how they are worded, not what they ask for.
    #[must_use]
    pub fn asks_as(&self, shown: &Json) -> bool {
        let Some(shown) = shown.as_object() else {
            return false;
        };
        let form = |question: &Json| Form::read(question.get("params")?.get("requestedSchema")?);
        shown.len() == self.forms.len()
            && shown
                .iter()
                .all(|(name, question)| form(question).as_ref() == self.forms.get(name))
    }

    /// What goes back to the downstream: its state, and the answers to what it asked; others stay behind.
    ///
    /// # Errors
    /// `kernel.input-response` where an answer is none to its question.
    pub fn answered(&self, by: &Continuation) -> Result<(Option<String>, Object), Denial> {
        let mut answers = Object::new();
        for (name, form) in &self.forms {
            if let Some(answer) = by.responses.get(name) {
                let answer = answer_to(form, answer).ok_or_else(unfit)?;
                answers.insert(name.as_str(), answer);
            }
        }
        Ok((self.state.clone(), answers))
    }
}

/// One question as it is shown.
fn question(request: &Json, server: &str) -> Option<(Form, Json)> {
    let params = request.get("params")?;
    let is_form = matches!(
        params.get("mode").map(Json::as_str),
        None | Some(Some("form"))
    );
    if request.get("method").and_then(Json::as_str) != Some(ELICIT) || !is_form {
        return None;
    }
    let message = params.get("message")?.as_str()?;
    if message.len() > ROUND_MESSAGE_BYTES_MAX || is_secret(message) {
        return None;
    }
    let schema = params.get("requestedSchema")?;
    let form = Form::read(schema)?;
    let params = Json::object([
        ("mode", Json::from("form")),
        (
            "message",
            Json::from(format!("The tool server `{server}` asks: {message}")),
        ),
        ("requestedSchema", schema.clone()),
    ]);
    let shown = Json::object([("method", Json::from(ELICIT)), ("params", params)]);
    Some((form, shown))
}

/// One answer: who accepts fills the form in, who does not gives nothing.
fn answer_to(form: &Form, answer: &Json) -> Option<Json> {
    let action = answer.get("action")?.as_str()?;
    let mut whole = Object::new();
    whole.insert("action", Json::from(action));
    match (action, answer.get("content")) {
        ("accept", Some(Json::Object(content))) if form.fits(content) => {
            whole.insert("content", Json::Object(content.clone()));
        }
        ("decline" | "cancel", None) => {}
        _ => return None,
    }
    Some(Json::Object(whole))
}

fn refused(why: &'static str) -> Denial {
    Denial::kernel(
        "kernel.input-refused",
        Phase::Kernel,
        format!("the downstream did not answer but asked back, and {why}"),
        "the call has reached the downstream: look before you repeat it; an operator may let a tool ask by `input` in its manifest",
    )
}

fn unfit() -> Denial {
    Denial::kernel(
        "kernel.input-response",
        Phase::Examination,
        "an answer does not fit the question that it is given to",
        "make the call anew, and give to each question an action, and with `accept` the content that its schema describes",
    )
}
