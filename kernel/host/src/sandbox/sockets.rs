//! Sockets of every sort that Landlock does not hold, refused by a filter of system calls (seccomp).
//! Knows nothing of ports and files.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};

/// socket(2): the sorts of sockets are numbers below this one, with flags above.
const SORTS: u64 = 0xf;

/// Puts this thread and all that it starts under the filter.
pub(super) fn enter(datagrams: bool) -> Result<(), String> {
    let held = apply_filter(&filter(datagrams)?);
    held.map_err(|fault| format!("seccomp refuses to hold: {fault}"))
}

/// Sockets are TCP's, and by choice UDP's: no raw ones, no UNIX ones by path (a container engine's is a way out), and none
/// of the protocols that Landlock takes for something else than TCP (MPTCP, SCTP, SMC). Nor io_uring, which makes sockets
/// by itself. Pairs of sockets within a process stay.
pub(super) fn filter(datagrams: bool) -> Result<BpfProgram, String> {
    let said = |fault: seccompiler::BackendError| format!("seccomp cannot hold here: {fault}");
    let socket = refused_sockets(datagrams).map_err(said)?;
    let refused = BTreeMap::from([
        (libc::SYS_socket, socket),
        (libc::SYS_io_uring_setup, Vec::new()),
    ]);
    let errno = u32::try_from(libc::EACCES).unwrap_or(1);
    let arch = std::env::consts::ARCH.try_into().map_err(said)?;
    let refuse = SeccompAction::Errno(errno);
    let filter = SeccompFilter::new(refused, SeccompAction::Allow, refuse, arch).map_err(said)?;
    filter.try_into().map_err(said)
}

/// A socket is refused where one of these holds.
fn refused_sockets(datagrams: bool) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let number = |number: libc::c_int| u64::try_from(number).unwrap_or(u64::MAX);
    let is_not = |argument: u8, value: libc::c_int| {
        let width = SeccompCmpArgLen::Dword;
        SeccompCondition::new(argument, width, SeccompCmpOp::Ne, number(value))
    };
    let none_of = |argument: u8, values: &[libc::c_int]| {
        let all: Result<_, _> = values
            .iter()
            .map(|value| is_not(argument, *value))
            .collect();
        SeccompRule::new(all?)
    };
    let mut protocols = vec![0, libc::IPPROTO_TCP];
    let mut sorts = vec![number(libc::SOCK_STREAM)];
    if datagrams {
        protocols.push(libc::IPPROTO_UDP);
        sorts.push(number(libc::SOCK_DGRAM));
    }
    let mut rules = vec![
        none_of(0, &[libc::AF_INET, libc::AF_INET6])?,
        none_of(2, &protocols)?,
    ];
    for sort in (0..=SORTS).filter(|sort| !sorts.contains(sort)) {
        let is = SeccompCmpOp::MaskedEq(SORTS);
        let is = SeccompCondition::new(1, SeccompCmpArgLen::Dword, is, sort)?;
        rules.push(SeccompRule::new(vec![is])?);
    }
    Ok(rules)
}
