//! Folders that were opened, each inside the one above it, and what may be changed in them.
//!
//! Whoever may write to the output could put a link in the place of a folder while a compile runs. So nothing is changed
//! by its whole path: the output folder is opened once, each folder below it inside the one above and only if it is no
//! link, and files are named within the folder that was opened. What becomes of a folder's name meanwhile does not matter.

use std::ffi::OsString;
use std::io;

use crate::cli::path::{bytes_of, os_string};

#[cfg(not(unix))]
pub use elsewhere::Folder;
#[cfg(unix)]
pub use unix::Folder;

/// Folders below one that is open. The last of them stays open, for files that come in the order of their paths.
pub struct Below<'r> {
    root: &'r Folder,
    last: Option<(String, Folder)>,
}

impl<'r> Below<'r> {
    /// None is open yet.
    pub fn new(root: &'r Folder) -> Self {
        Below { root, last: None }
    }

    /// The folder of a path below the root and the last part of the path, which is one of
    /// [`crate::cli::path::text_of`].
    ///
    /// # Errors
    ///
    /// Those of the system. A link where a folder belongs is an error.
    pub fn place<'p>(&mut self, path: &'p str) -> io::Result<(&Folder, Name<'p>)> {
        self.find(path, |above, name| above.folder(name))
    }

    /// The same; folders that are missing are made.
    pub fn made_place<'p>(&mut self, path: &'p str) -> io::Result<(&Folder, Name<'p>)> {
        self.find(path, |above, name| match above.folder(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                above.make_folder(name)?;
                above.folder(name)
            }
            found => found,
        })
    }

    fn find<'p>(
        &mut self,
        path: &'p str,
        enter: impl Fn(&Folder, Name<'_>) -> io::Result<Folder>,
    ) -> io::Result<(&Folder, Name<'p>)> {
        let Some((folder, name)) = path.rsplit_once('/') else { return Ok((self.root, Name(path))) };
        let last = match self.last.take() {
            Some(last) if last.0 == folder => last,
            _ => {
                let mut parts = folder.split('/');
                let first = enter(self.root, Name(parts.next().unwrap_or_default()))?;
                (folder.to_owned(), parts.try_fold(first, |above, part| enter(&above, Name(part)))?)
            }
        };
        Ok((&self.last.insert(last).1, Name(name)))
    }
}

/// The name of something in a folder: one part of a path.
#[derive(Debug, Clone, Copy)]
pub struct Name<'p>(&'p str);

impl Name<'_> {
    /// The name alone.
    fn plain(self) -> OsString {
        os_string(&bytes_of(self.0))
    }

    /// The name with something before and behind it.
    fn within(self, (before, behind): (&str, &str)) -> OsString {
        os_string(&[before.as_bytes(), &bytes_of(self.0), behind.as_bytes()].concat())
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, renameat, unlinkat};

    use super::Name;

    /// How folders and files are opened.
    const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
    const NEW: OFlags = OFlags::WRONLY.union(OFlags::CREATE).union(OFlags::EXCL).union(OFlags::CLOEXEC);

    /// An open folder.
    #[derive(Debug)]
    pub struct Folder(OwnedFd);

    impl Folder {
        /// Opens a folder, wherever its path leads.
        pub fn open(path: &Path) -> io::Result<Folder> {
            Ok(Folder(openat(CWD, path, FOLDER, Mode::empty())?))
        }

        /// Opens a folder in this one. It must not be a link.
        pub fn folder(&self, name: Name<'_>) -> io::Result<Folder> {
            Ok(Folder(openat(&self.0, name.plain(), FOLDER.union(OFlags::NOFOLLOW), Mode::empty())?))
        }

        /// Makes a folder in this one, unless there is something of the name.
        pub fn make_folder(&self, name: Name<'_>) -> io::Result<()> {
            match mkdirat(&self.0, name.plain(), Mode::from_raw_mode(0o777)) {
                Err(error) if error != rustix::io::Errno::EXIST => Err(error.into()),
                _ => Ok(()),
            }
        }

        /// Makes a file in this folder that is not there yet; its name is put between two texts.
        pub fn create(&self, name: Name<'_>, around: (&str, &str)) -> io::Result<File> {
            Ok(openat(&self.0, name.within(around), NEW, Mode::from_raw_mode(0o666))?.into())
        }

        /// Gives a file that [`Folder::create`] made its own name, in place of whatever file has it.
        pub fn put(&self, name: Name<'_>, around: (&str, &str)) -> io::Result<()> {
            Ok(renameat(&self.0, name.within(around), &self.0, name.plain())?)
        }

        /// Removes a file, its name put between two texts. A link goes, and not where it leads.
        pub fn remove(&self, name: Name<'_>, around: (&str, &str)) -> io::Result<()> {
            Ok(unlinkat(&self.0, name.within(around), AtFlags::empty())?)
        }

        /// Removes an empty folder.
        pub fn remove_folder(&self, name: Name<'_>) -> io::Result<()> {
            Ok(unlinkat(&self.0, name.plain(), AtFlags::REMOVEDIR)?)
        }
    }
}

/// Where a folder cannot be opened like this, paths are all there is.
#[cfg(not(unix))]
mod elsewhere {
    use std::fs::{self, File};
    use std::io;
    use std::path::{Path, PathBuf};

    use super::Name;

    /// A folder by its path.
    #[derive(Debug)]
    pub struct Folder(PathBuf);

    impl Folder {
        /// A folder, wherever its path leads.
        pub fn open(path: &Path) -> io::Result<Folder> {
            fs::metadata(path)?;
            Ok(Folder(path.to_owned()))
        }

        /// A folder in this one. It must not be a link.
        pub fn folder(&self, name: Name<'_>) -> io::Result<Folder> {
            let path = self.0.join(name.plain());
            match fs::symlink_metadata(&path)?.is_dir() {
                true => Ok(Folder(path)),
                false => Err(io::ErrorKind::NotADirectory.into()),
            }
        }

        /// Makes a folder in this one, unless there is something of the name.
        pub fn make_folder(&self, name: Name<'_>) -> io::Result<()> {
            match fs::create_dir(self.0.join(name.plain())) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                _ => Ok(()),
            }
        }

        /// Makes a file in this folder that is not there yet; its name is put between two texts.
        pub fn create(&self, name: Name<'_>, around: (&str, &str)) -> io::Result<File> {
            File::options().write(true).create_new(true).open(self.0.join(name.within(around)))
        }

        /// Gives a file that [`Folder::create`] made its own name, in place of whatever file has it.
        pub fn put(&self, name: Name<'_>, around: (&str, &str)) -> io::Result<()> {
            fs::rename(self.0.join(name.within(around)), self.0.join(name.plain()))
        }

        /// Removes a file, its name put between two texts. A link goes, and not where it leads.
        pub fn remove(&self, name: Name<'_>, around: (&str, &str)) -> io::Result<()> {
            fs::remove_file(self.0.join(name.within(around)))
        }

        /// Removes an empty folder.
        pub fn remove_folder(&self, name: Name<'_>) -> io::Result<()> {
            fs::remove_dir(self.0.join(name.plain()))
        }
    }
}
