//! Files, TCP ports, signals and abstract sockets, held by Landlock.
//! Knows nothing of other sockets.

use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, NetPort,
    PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError,
    RulesetStatus, Scope,
};

use crate::config::StrictConfig;

/// The first version that holds all of it: files whole (5), TCP (4), signals and abstract sockets (6). Linux 6.12.
const NEEDED: ABI = ABI::V6;
const NEEDED_NUMBER: i32 = 6;

/// Programs and their libraries: read and run.
const PROGRAMS: [&str; 9] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
    "/gnu/store",
];
/// What libraries look up: names, time zones, authorities, the machine's size. Nothing that is anybody's own.
const LOOKED_UP: [&str; 26] = [
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/etc/alternatives",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/nsswitch.conf",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/passwd",
    "/etc/group",
    "/etc/mime.types",
    "/etc/ssl/certs",
    "/etc/ssl/cert.pem",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls",
    "/etc/pki/ca-trust",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/sys/kernel/random",
    "/sys/devices/system/cpu",
];
/// Devices that hold nothing.
const DEVICES: [&str; 5] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
];

/// The version that this system has, where that is enough. A thread that goes again asks for it.
pub(super) fn in_force() -> Result<i32, String> {
    let asked = std::thread::spawn(|| {
        let ruleset = Ruleset::default().handle_access(AccessFs::Execute)?;
        Ok::<_, RulesetError>(ruleset.create()?.restrict_self()?.landlock)
    });
    let status = match asked.join() {
        Ok(Ok(status)) => status,
        Ok(Err(fault)) => return Err(format!("Landlock does not answer: {fault}")),
        Err(_) => return Err("Landlock does not answer".to_owned()),
    };
    let found = match status {
        LandlockStatus::Available {
            effective_abi,
            kernel_abi,
        } => kernel_abi.unwrap_or(effective_abi as i32),
        LandlockStatus::NotEnabled | LandlockStatus::NotImplemented => 0,
    };
    if found >= NEEDED_NUMBER {
        return Ok(found);
    }
    let has = match found {
        0 => "has no Landlock".to_owned(),
        abi => format!("has version {abi} of Landlock"),
    };
    Err(format!(
        "this system {has}, and `strict` needs version {NEEDED_NUMBER} (Linux 6.12 with `landlock` among its `lsm`): leave \
         `sandbox` out, or run the kernel where it is there"
    ))
}

/// All that is allowed. Every part of it is a hard requirement.
pub(super) fn rules(strict: &StrictConfig, program: &Path) -> Result<RulesetCreated, String> {
    let said = |fault: RulesetError| format!("Landlock refuses its rules: {fault}");
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(NEEDED))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(NEEDED)))
        .and_then(|rules| rules.scope(Scope::from_all(NEEDED)))
        .and_then(Ruleset::create)
        .map_err(said)?;
    for (path, access) in usual() {
        // Not every system has each of them.
        if Path::new(path).exists() {
            rules = allow(rules, Path::new(path), access)?;
        }
    }
    rules = allow(rules, program, reading())?;
    for (paths, access) in [(&strict.read, reading()), (&strict.write, writing())] {
        for path in paths {
            rules = allow(rules, path, access)?;
        }
    }
    let connect = strict
        .connect
        .iter()
        .map(|port| (port, AccessNet::ConnectTcp));
    let listen = strict.listen.iter().map(|port| (port, AccessNet::BindTcp));
    for (port, access) in connect.chain(listen) {
        rules = rules.add_rule(NetPort::new(*port, access)).map_err(said)?;
    }
    Ok(rules)
}

/// Puts this thread and all that it starts under these rules.
pub(super) fn enter(strict: &StrictConfig, program: &Path) -> Result<(), String> {
    let status = rules(strict, program)?.restrict_self();
    let status = status.map_err(|fault| format!("Landlock refuses to hold: {fault}"))?;
    if status.ruleset == RulesetStatus::FullyEnforced && status.no_new_privs {
        return Ok(());
    }
    Err("Landlock holds only a part of it".to_owned())
}

fn allow(
    rules: RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, String> {
    let there = std::fs::metadata(path);
    let there =
        there.map_err(|fault| format!("`{}` cannot be allowed: {fault}", path.display()))?;
    // What is done to a folder cannot be allowed of a file.
    let access = match there.is_dir() {
        true => access,
        false => access & AccessFs::from_file(NEEDED),
    };
    let place = PathFd::new(path);
    let place =
        place.map_err(|fault| format!("`{}` cannot be allowed: {fault}", path.display()))?;
    let rule = PathBeneath::new(place, access);
    let added = rules.add_rule(rule);
    added.map_err(|fault| format!("`{}` cannot be allowed: {fault}", path.display()))
}

fn usual() -> impl Iterator<Item = (&'static str, BitFlags<AccessFs>)> {
    let looking = AccessFs::ReadFile | AccessFs::ReadDir;
    let devices = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate;
    let programs = PROGRAMS.iter().map(|path| (*path, reading()));
    let looked_up = LOOKED_UP.iter().map(move |path| (*path, looking));
    programs
        .chain(looked_up)
        .chain(DEVICES.iter().map(move |path| (*path, devices)))
}

fn reading() -> BitFlags<AccessFs> {
    AccessFs::from_read(NEEDED)
}

/// What may be written may not be run.
fn writing() -> BitFlags<AccessFs> {
    let never = AccessFs::Execute | AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev;
    AccessFs::from_all(NEEDED) & !never
}
