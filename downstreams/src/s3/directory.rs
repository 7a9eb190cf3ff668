//! Opening what lies below one directory and nothing else.
//! Knows nothing of objects.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, Result};

/// The directory that everything lies below.
pub(super) struct Directory {
    root: OwnedFd,
    stepwise: bool,
}

impl Directory {
    /// Opens the root. The path itself is the operator's and may hold links.
    pub(super) fn open(path: &Path, stepwise: bool) -> Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::open(path, flags, Mode::empty())?;
        let mut directory = Self { root, stepwise };
        // Kernels before 5.6 and some sandboxes lack openat2(2).
        directory.stepwise |= directory
            .at_once(".", OFlags::RDONLY, Mode::empty())
            .is_err();
        Ok(directory)
    }

    /// The root itself.
    pub(super) fn root(&self) -> &OwnedFd {
        &self.root
    }

    /// A description of the root of its own, to lock: locks belong to descriptions, so threads and
    /// processes exclude each other alike, and no lock file lies among the objects.
    pub(super) fn lockable(&self) -> Result<File> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::openat(&self.root, ".", flags, Mode::empty()).map(File::from)
    }

    /// Opens a relative path of plain components. No component may be a link of any kind, none may
    /// lead out, and opening never waits (a FIFO would).
    pub(super) fn open_below(&self, path: &str, flags: OFlags, mode: Mode) -> Result<OwnedFd> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        if self.stepwise {
            return self.step_by_step(path, flags, mode);
        }
        match self.at_once(path, flags, mode) {
            // Either an object or a link stands where a directory should: find out which.
            Err(Errno::NOTDIR) => self.step_by_step(path, flags, mode),
            opened => opened,
        }
    }

    #[cfg(target_os = "linux")]
    fn at_once(&self, path: &str, flags: OFlags, mode: Mode) -> Result<OwnedFd> {
        use rustix::fs::ResolveFlags;
        let resolve =
            ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        rustix::fs::openat2(&self.root, path, flags, mode, resolve)
    }

    #[cfg(not(target_os = "linux"))]
    fn at_once(&self, _path: &str, _flags: OFlags, _mode: Mode) -> Result<OwnedFd> {
        Err(Errno::NOSYS)
    }

    fn step_by_step(&self, path: &str, flags: OFlags, mode: Mode) -> Result<OwnedFd> {
        if path == "." {
            return rustix::fs::openat(&self.root, ".", flags, mode);
        }
        let (above, name) = match path.rsplit_once('/') {
            Some((above, name)) => (Some(above), name),
            None => (None, path),
        };
        let step = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut directory = None;
        for component in above.into_iter().flat_map(|above| above.split('/')) {
            let from = directory.as_ref().unwrap_or(&self.root);
            directory = Some(open_component(from, component, step, Mode::empty())?);
        }
        open_component(directory.as_ref().unwrap_or(&self.root), name, flags, mode)
    }
}

fn open_component(from: &OwnedFd, name: &str, flags: OFlags, mode: Mode) -> Result<OwnedFd> {
    if name.is_empty() || name == "." || name == ".." {
        return Err(Errno::INVAL);
    }
    rustix::fs::openat(from, name, flags, mode).map_err(|error| {
        // With `DIRECTORY`, a link reports `NOTDIR`; say what it is.
        if error == Errno::NOTDIR && is_link(from, name) {
            Errno::LOOP
        } else {
            error
        }
    })
}

fn is_link(from: &OwnedFd, name: &str) -> bool {
    rustix::fs::statat(from, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW).is_ok_and(|stat| {
        rustix::fs::FileType::from_raw_mode(stat.st_mode) == rustix::fs::FileType::Symlink
    })
}
