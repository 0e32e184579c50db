//! Streams: results go to stdout, everything else to stderr. A closed pipe is no error.

use std::io::{self, IsTerminal, Write};

use anyhow::{Context, Result};
use tenantry::diag::Diagnostic;
use tenantry::report::diagnostics::{self, Format};
use tenantry::report::escape;
use tenantry::report::review::Terminal;
use tenantry::source::SourceMap;

use super::args::{ColorChoice, Common};

/// Most diagnostics that are drawn on a screen; machine formats give all.
const SHOWN: usize = 200;

/// How to speak to whoever started the program.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    colour: bool,
    result_colour: bool,
    quiet: bool,
    width: Option<usize>,
}

impl Console {
    /// As the options and the environment ask for.
    pub fn new(common: &Common) -> Console {
        let colour = match common.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never,
        };
        let result_colour = match common.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
        };
        let width = io::stderr().is_terminal().then(|| std::env::var("COLUMNS").ok()?.parse().ok()).flatten();
        Console { colour, result_colour, quiet: common.quiet, width }
    }

    /// Whether a result for people may have colour: it depends on stdout, not on stderr.
    pub fn colours_results(&self) -> bool {
        self.result_colour
    }

    /// How a text for people reaches them on stderr.
    pub fn terminal(&self) -> Terminal {
        Terminal { colour: self.colour, width: self.width, manifests: false }
    }

    /// Prints text that is for people and no result, such as the short review of a hook. It has to be harmless.
    pub fn tell(&self, text: &str) {
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Columns of the terminal that results go to, if they go to one.
    pub fn result_width(&self) -> Option<usize> {
        self.width.filter(|_| io::stdout().is_terminal())
    }

    /// Prints a result.
    pub fn result(&self, text: &str) -> Result<()> {
        let mut out = io::stdout().lock();
        unless_closed(out.write_all(text.as_bytes()).and_then(|()| out.flush())).context("cannot write to stdout")
    }

    /// Prints a remark that nobody has to act on.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.say("note", text);
        }
    }

    /// Prints what somebody should look at, although it stops nothing.
    pub fn warning(&self, text: &str) {
        self.say("warning", text);
    }

    /// Prints why nothing was done.
    pub fn error(&self, text: &str) {
        self.say("error", text);
    }

    fn say(&self, what: &str, text: &str) {
        let text = escape::terminal_lines(text);
        let line = match (self.colour, what) {
            (true, "error") => format!("\x1b[1;91m{what}\x1b[0m: {text}\n"),
            (true, "warning") => format!("\x1b[1;93m{what}\x1b[0m: {text}\n"),
            (true, _) => format!("\x1b[1;92m{what}\x1b[0m: {text}\n"),
            (false, _) => format!("{what}: {text}\n"),
        };
        // There is nowhere left to complain to.
        let _ = io::stderr().write_all(line.as_bytes());
    }

    /// Shows diagnostics to people, on stderr.
    pub fn diagnostics(&self, found: &[Diagnostic], sources: &SourceMap, prefix: &str) {
        let options = diagnostics::Options {
            format: Format::Text,
            colour: self.colour,
            width: self.width,
            path_prefix: prefix,
            limit: Some(SHOWN),
        };
        let text = diagnostics::render(found, sources, &options);
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// Somebody who stops reading has seen enough.
fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
