//! Statement kinds by name, and the refusal of each kind that may not run.
//! Knows nothing of what the statements hold.

use sqlparser::ast::Statement as Ast;

use super::why;
use crate::inspect::sql::SqlRefusal;

/// The kind in lower case; the first word of the statement where no better word exists.
pub(in crate::inspect::sql) fn kind_name(statement: &Ast) -> &'static str {
    match statement {
        Ast::Query(_) => "select",
        Ast::Insert(_) => "insert",
        Ast::Update(_) => "update",
        Ast::Delete(_) => "delete",
        Ast::Merge(_) => "merge",
        Ast::Truncate(_) => "truncate",
        Ast::Explain { .. } | Ast::ExplainTable { .. } => "explain",
        Ast::Copy { .. } | Ast::CopyIntoSnowflake { .. } => "copy",
        Ast::Vacuum(_) => "vacuum",
        Ast::Analyze(_) => "analyze",
        Ast::AttachDatabase { .. } | Ast::AttachDuckDBDatabase { .. } => "attach",
        Ast::DetachDuckDBDatabase { .. } => "detach",
        Ast::Pragma { .. } => "pragma",
        Ast::Set(_) => "set",
        Ast::Reset(_) => "reset",
        Ast::StartTransaction { .. } => "begin",
        Ast::Commit { .. } => "commit",
        Ast::Rollback { .. } => "rollback",
        Ast::Savepoint { .. } => "savepoint",
        Ast::ReleaseSavepoint { .. } => "release",
        Ast::Call(_) => "call",
        Ast::Execute { .. } => "execute",
        Ast::Prepare { .. } => "prepare",
        Ast::Deallocate { .. } => "deallocate",
        Ast::Declare { .. } => "declare",
        Ast::Fetch { .. } => "fetch",
        Ast::Close { .. } => "close",
        Ast::Discard { .. } => "discard",
        Ast::LISTEN { .. } => "listen",
        Ast::UNLISTEN { .. } => "unlisten",
        Ast::NOTIFY { .. } => "notify",
        Ast::Load { .. } | Ast::LoadData { .. } => "load",
        Ast::Lock(_) | Ast::LockTables { .. } | Ast::UnlockTables => "lock",
        Ast::Grant(_) => "grant",
        Ast::Revoke(_) => "revoke",
        Ast::Comment { .. } => "comment",
        Ast::RenameTable(_) => "alter",
        other => by_first_word(other),
    }
}

fn by_first_word(statement: &Ast) -> &'static str {
    match statement {
        Ast::CreateView(_)
        | Ast::CreateTable(_)
        | Ast::CreateVirtualTable { .. }
        | Ast::CreateIndex(_)
        | Ast::CreateRole(_)
        | Ast::CreateSecret { .. }
        | Ast::CreateServer(_)
        | Ast::CreatePolicy(_)
        | Ast::CreateConnector(_)
        | Ast::CreateOperator(_)
        | Ast::CreateOperatorFamily(_)
        | Ast::CreateOperatorClass(_)
        | Ast::CreateTextSearch(_)
        | Ast::CreateExtension(_)
        | Ast::CreateCollation(_)
        | Ast::CreateSchema { .. }
        | Ast::CreateDatabase { .. }
        | Ast::CreateFunction(_)
        | Ast::CreateTrigger(_)
        | Ast::CreateProcedure { .. }
        | Ast::CreateMacro { .. }
        | Ast::CreateSequence { .. }
        | Ast::CreateDomain(_)
        | Ast::CreateType { .. }
        | Ast::CreateUser(_) => "create",
        Ast::AlterTable(_)
        | Ast::AlterSchema(_)
        | Ast::AlterIndex { .. }
        | Ast::AlterView { .. }
        | Ast::AlterFunction(_)
        | Ast::AlterType(_)
        | Ast::AlterCollation(_)
        | Ast::AlterOperator(_)
        | Ast::AlterOperatorFamily(_)
        | Ast::AlterOperatorClass(_)
        | Ast::AlterTextSearch(_)
        | Ast::AlterRole { .. }
        | Ast::AlterPolicy(_)
        | Ast::AlterConnector { .. }
        | Ast::AlterSession { .. }
        | Ast::AlterUser(_) => "alter",
        Ast::Drop { .. }
        | Ast::DropFunction(_)
        | Ast::DropDomain(_)
        | Ast::DropProcedure { .. }
        | Ast::DropSecret { .. }
        | Ast::DropPolicy(_)
        | Ast::DropConnector { .. }
        | Ast::DropExtension(_)
        | Ast::DropOperator(_)
        | Ast::DropOperatorFamily(_)
        | Ast::DropOperatorClass(_)
        | Ast::DropTrigger(_) => "drop",
        other if shows(other) => "show",
        _ => "other",
    }
}

fn shows(statement: &Ast) -> bool {
    matches!(
        statement,
        Ast::ShowFunctions { .. }
            | Ast::ShowVariable { .. }
            | Ast::ShowStatus { .. }
            | Ast::ShowVariables { .. }
            | Ast::ShowCreate { .. }
            | Ast::ShowColumns { .. }
            | Ast::ShowCatalogs { .. }
            | Ast::ShowDatabases { .. }
            | Ast::ShowProcessList { .. }
            | Ast::ShowSchemas { .. }
            | Ast::ShowCharset(_)
            | Ast::ShowObjects(_)
            | Ast::ShowTables { .. }
            | Ast::ShowViews { .. }
            | Ast::ShowCollation { .. }
    )
}

/// Why statements of a kind may not run, whatever they hold.
pub(in crate::inspect::sql) fn refusal_of(kind: &str) -> Option<SqlRefusal> {
    Some(match kind {
        "begin" | "commit" | "rollback" | "savepoint" | "release" | "start" | "end" | "abort" => {
            why::TRANSACTION
        }
        "set" | "reset" | "show" | "discard" | "pragma" | "listen" | "unlisten" | "notify" => {
            why::SESSION
        }
        "copy" | "attach" | "detach" | "load" | "vacuum" => why::FILES,
        "call" | "execute" | "prepare" | "deallocate" | "declare" | "fetch" | "close" => {
            why::DYNAMIC
        }
        "grant" | "revoke" => why::PRIVILEGES,
        "lock" => why::LOCKING,
        "merge" => why::MERGE,
        "reindex" | "analyze" | "cluster" | "checkpoint" | "refresh" | "comment" => why::KIND,
        "do" => why::DYNAMIC,
        _ => return None,
    })
}

/// Why a statement may not run that is of no readable kind.
pub(super) fn refusal(statement: &Ast) -> SqlRefusal {
    if let Some(refusal) = refusal_of(kind_name(statement)) {
        return refusal;
    }
    match statement {
        Ast::CreateTrigger(_) | Ast::DropTrigger(_) => why::TRIGGER,
        Ast::CreateRole(_)
        | Ast::AlterRole { .. }
        | Ast::CreateUser(_)
        | Ast::AlterUser(_)
        | Ast::CreatePolicy(_)
        | Ast::AlterPolicy(_)
        | Ast::DropPolicy(_) => why::PRIVILEGES,
        Ast::CreateFunction(_) | Ast::CreateProcedure { .. } | Ast::CreateMacro { .. } => {
            why::DYNAMIC
        }
        _ => why::KIND,
    }
}
