//! Colour for terminals. What it says is always said in words too.

use super::escape;

/// Writes with colour, or without.
#[derive(Debug, Clone, Copy)]
pub struct Paint(pub bool);

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A headline.
    Strong,
    /// What destroys.
    Bad,
    /// What opens.
    Warn,
    /// What is gained.
    Plus,
    /// What is lost.
    Minus,
    /// A word that is new, in a line that is.
    PlusWord,
    /// A word that goes, in a line that does.
    MinusWord,
    /// What only says where or why.
    Faint,
}

impl Paint {
    /// Text of ours, which is harmless already.
    pub fn own(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Strong => "1",
            Tone::Bad => "1;91",
            Tone::Warn => "1;93",
            Tone::Plus => "32",
            Tone::Minus => "31",
            Tone::PlusWord => "7;32",
            Tone::MinusWord => "7;31",
            Tone::Faint => "2",
        };
        if self.0 && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Text from outside, made harmless.
    pub fn outside(self, tone: Tone, text: &str) -> String {
        self.own(tone, &escape::terminal(text))
    }
}
