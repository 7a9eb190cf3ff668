//! The tools of the SQL server as clients see them.
//! Knows nothing of how they are carried out.

use rmcp::model::Tool;
use serde_json::{Value, json};

use crate::tool::{Effect, supervisor_only, tool};

/// All tools, in a fixed order.
pub(super) fn all() -> Vec<Tool> {
    let mut tools = for_agents();
    tools.extend(for_supervisors());
    tools
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn statement() -> Value {
    json!({
        "sql": text("One SQL statement"),
        "params": {
            "type": "array",
            "description": "Values for the statement's ?1, ?2, … in order",
            "items": { "type": ["string", "number", "boolean", "null"] },
        },
    })
}

fn for_agents() -> Vec<Tool> {
    vec![
        tool(
            "list_tables",
            "Lists tables and views",
            Effect::Reads,
            json!({}),
            &[],
        ),
        tool(
            "describe_table",
            "Describes the columns of a table or view",
            Effect::Reads,
            json!({ "table": text("Name of the table or view") }),
            &["table"],
        ),
        tool(
            "query",
            "Runs one read-only SQL statement; BLOBs come as {\"base64\": …}",
            Effect::Reads,
            statement(),
            &["sql"],
        ),
        tool(
            "execute",
            "Runs one SQL statement that changes data or tables, wholly or not at all",
            Effect::Writes,
            statement(),
            &["sql"],
        ),
    ]
}

fn for_supervisors() -> Vec<Tool> {
    [
        tool(
            "describe_catalog",
            "Describes all tables and views with columns, keys and the text of views",
            Effect::Reads,
            json!({}),
            &[],
        ),
        tool(
            "export_table",
            "Exports all rows as canonical JSON Lines",
            Effect::Reads,
            json!({ "table": text("Name of the table or view") }),
            &["table"],
        ),
        tool(
            "publish_table",
            "Lets a table hold exactly the rows of another, if those are still the ones named",
            Effect::Writes,
            json!({
                "source": text("Name of the table or view to take the rows from"),
                "target": text("Name of the table to replace or make"),
                "sha256": text("SHA-256 of the source's export, in hex"),
            }),
            &["source", "target", "sha256"],
        ),
    ]
    .into_iter()
    .map(supervisor_only)
    .collect()
}
