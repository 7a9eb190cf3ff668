//! What nobody but the kernel may do to the store.
//! Knows nothing of decisions.

use super::kit::*;

#[test]
fn any_column_that_is_edited_is_noticed_at_start_and_at_use() {
    for (table, columns) in [("receipts", 19), ("writes", 3), ("charges", 6), ("head", 5)] {
        let names = column_names(table);
        assert_eq!(
            names.len(),
            columns,
            "{table}: a new column needs its place in the tag"
        );
        for column in names.iter().filter(|name| *name != "one") {
            let edit = |db: &Connection| edit(db, table, column);
            assert_noticed(&format!("{table}.{column}"), edit);
        }
    }
}

#[test]
fn rows_that_are_removed_added_or_swapped_are_noticed() {
    let attacks = [
        ("a receipt deleted", "DELETE FROM receipts WHERE spent = 0"),
        ("a spent receipt deleted", "DELETE FROM receipts WHERE spent = 1"),
        ("all receipts deleted", "DELETE FROM receipts"),
        ("a charge deleted", "DELETE FROM charges"),
        ("a charge lowered", "UPDATE charges SET amount = 0"),
        (
            "a charge moved to another principal",
            "UPDATE charges SET principal = 'x'",
        ),
        ("a write deleted", "DELETE FROM writes"),
        ("the head deleted", "DELETE FROM head"),
        ("un-spent", "UPDATE receipts SET spent = 0"),
        (
            "a receipt copied under a new id, tag and all",
            "CREATE TEMP TABLE t AS SELECT * FROM receipts WHERE spent = 0; UPDATE t SET id = 'rcpt_x';
             INSERT INTO receipts SELECT * FROM t",
        ),
        (
            "tags swapped between two receipts",
            "UPDATE receipts SET tag = (SELECT tag FROM receipts r WHERE r.spent <> receipts.spent)",
        ),
        (
            "a write of another subject added",
            "INSERT INTO writes SELECT 'x', seq, tag FROM writes",
        ),
    ];
    for (name, sql) in attacks {
        assert_noticed(name, |db| db.execute_batch(sql).unwrap());
    }
}

#[test]
fn an_old_row_put_back_with_its_own_tag_is_noticed() {
    let house = House::new();
    let kernel = house.open();
    let minted = block(kernel.mint_one());
    let before = rows(&house.path, "receipts");
    block(kernel.spend(&minted)).unwrap();
    put_back(&house.path, &before);
    // Each row is authentic by itself: only the digest of all rows tells.
    assert_eq!(rule(block(kernel.spend(&minted))), "kernel.state-tampered");
    drop(kernel);
    assert!(matches!(house.try_open(), Err(StateFault::Tampered(_))));
    assert!(matches!(
        state::receipts(&house.path),
        Err(StateFault::Tampered(_))
    ));
}

#[tokio::test]
async fn a_planted_trigger_does_not_fire() {
    let house = House::new();
    let minted = house.open().mint_one().await;
    let db = Connection::open(&house.path).unwrap();
    db.execute_batch(
        "CREATE TRIGGER unspend AFTER INSERT ON receipts BEGIN UPDATE receipts SET spent = 0; END",
    )
    .unwrap();
    drop(db);
    let kernel = house.open();
    kernel.spend(&minted).await.unwrap();
    assert!(kernel.spend_if_unspent().await.is_err());
    drop(kernel);
    assert!(house.open().spend_if_unspent().await.is_err());
}

#[test]
fn one_state_file_serves_one_kernel() {
    let house = House::new();
    let first = house.open();
    assert!(matches!(house.try_open(), Err(StateFault::Held(_))));
    assert!(
        state::receipts(&house.path).is_ok(),
        "looking needs no hold"
    );
    drop(first);
    assert!(house.try_open().is_ok());
}

#[test]
fn files_that_others_may_touch_are_refused() {
    type Spoil = fn(&Path);
    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    fn key(path: &Path) -> PathBuf {
        path.with_extension("key")
    }
    let spoils: [(&str, Spoil); 9] = [
        ("state readable", |path| mode(path, 0o640)),
        ("key readable", |path| mode(&key(path), 0o604)),
        ("folder writable", |path| {
            mode(path.parent().unwrap(), 0o777)
        }),
        ("key is a link", |path| {
            fs::rename(key(path), path.with_extension("elsewhere")).unwrap();
            symlink(path.with_extension("elsewhere"), key(path)).unwrap();
        }),
        ("state is a link", |path| {
            fs::rename(path, path.with_extension("elsewhere")).unwrap();
            symlink(path.with_extension("elsewhere"), path).unwrap();
        }),
        ("key has a second name", |path| {
            fs::hard_link(key(path), path.with_extension("twin")).unwrap();
        }),
        ("key is short", |path| {
            fs::write(key(path), [7; 31]).unwrap()
        }),
        ("key is gone", |path| fs::remove_file(key(path)).unwrap()),
        ("state is no database", |path| {
            fs::write(path, [7; 4096]).unwrap()
        }),
    ];
    for (name, spoil) in spoils {
        let house = House::new();
        drop(house.open());
        spoil(&house.path);
        let fault = house
            .try_open()
            .err()
            .unwrap_or_else(|| panic!("{name}: was accepted"));
        assert_eq!(
            fault.denial().first().rule,
            "kernel.state-unavailable",
            "{name}: {fault}"
        );
    }
}

#[test]
fn another_key_or_another_kernels_file_proves_nothing() {
    let (ours, theirs) = (House::new(), House::new());
    drop((ours.open(), theirs.open()));
    block(async {
        ours.open().mint_one().await;
        theirs.open().mint_one().await;
    });
    fs::copy(&theirs.path, &ours.path).unwrap();
    assert!(matches!(ours.try_open(), Err(StateFault::Tampered(_))));
}

#[test]
fn what_is_made_is_its_owners_alone() {
    let house = House::new();
    let kernel = house.open();
    block(kernel.mint_one());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(house.path.parent().unwrap()), 0o700);
    let mut files = 0;
    for entry in fs::read_dir(house.path.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 3, "state, key and write-ahead log");
}
