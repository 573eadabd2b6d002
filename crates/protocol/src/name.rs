//! Names and texts that people choose: normalised, bounded, without what deceives the eye.

use crate::refusal::{Refusal, RefusalCode};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// Longest display name, in graphemes.
pub const NAME_MAX: usize = 40;
/// Longest name of a room, in graphemes.
pub const ROOM_NAME_MAX: usize = 60;
/// Longest description of a room, in graphemes.
pub const ABOUT_MAX: usize = 280;
/// Longest chat line, in graphemes.
pub const CHAT_MAX: usize = 500;
/// Largest chat line, in bytes: a room keeps a hundred of them.
pub const CHAT_BYTES_MAX: usize = 2_000;
/// Longest name to log in with, in characters.
pub const LOGIN_MAX: usize = 32;
/// Longest slug, in characters.
pub const SLUG_MAX: usize = 48;

/// A display name, cleaned: NFKC, one line, single spaces, 1 to [`NAME_MAX`] graphemes.
pub fn display_name(raw: &str) -> Result<String, Refusal> {
    line(raw, NAME_MAX, "A name")
}

/// A room's name, cleaned as a display name is.
pub fn room_name(raw: &str) -> Result<String, Refusal> {
    line(raw, ROOM_NAME_MAX, "A room's name")
}

/// A description: like a name, may be empty.
pub fn about(raw: &str) -> Result<String, Refusal> {
    if raw.trim().is_empty() { Ok(String::new()) } else { line(raw, ABOUT_MAX, "A description") }
}

/// A chat line: NFC, one line, 1 to [`CHAT_MAX`] graphemes.
pub fn chat(raw: &str) -> Result<String, Refusal> {
    if raw.len() > CHAT_MAX * 32 {
        return Err(too_long("A message", CHAT_MAX));
    }
    let clean = bounded(single_spaced(raw.nfc()), CHAT_MAX, "A message")?;
    if clean.len() > CHAT_BYTES_MAX {
        return Err(Refusal::new(RefusalCode::BadInput, "This message is too large. Send it in two."));
    }
    Ok(clean)
}

/// A name to log in with: 3 to [`LOGIN_MAX`] letters, digits, `.`, `_` or `-`, kept in lower case.
pub fn login(raw: &str) -> Result<String, Refusal> {
    let login = raw.trim().to_ascii_lowercase();
    let fits = (3..=LOGIN_MAX).contains(&login.len())
        && login.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    if fits {
        Ok(login)
    } else {
        Err(Refusal::new(
            RefusalCode::BadInput,
            format!(
                "A log-in name has 3 to {LOGIN_MAX} letters a to z, digits, dots, dashes or underscores."
            ),
        ))
    }
}

/// The name in links that a room's name suggests: `Shell Stage` -> `shell-stage`. `room` when nothing of it can stand in a link.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.nfkd().filter(|c| !is_mark(*c)).flat_map(char::to_lowercase) {
        if slug.len() >= SLUG_MAX {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty()
            && !slug.ends_with('-')
            && (c.is_whitespace() || c.is_ascii_punctuation())
            && c != '\''
        {
            slug.push('-');
        }
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "room".to_owned() } else { slug.to_owned() }
}

/// Whether this could be a slug at all: what is asked of the database is bounded.
pub fn is_slug(text: &str) -> bool {
    (1..=SLUG_MAX + 8).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn line(raw: &str, max: usize, what: &str) -> Result<String, Refusal> {
    if raw.len() > max * 32 {
        return Err(too_long(what, max));
    }
    bounded(single_spaced(raw.nfkc()), max, what)
}

fn bounded(clean: String, max: usize, what: &str) -> Result<String, Refusal> {
    if clean.is_empty() {
        return Err(Refusal::new(
            RefusalCode::BadInput,
            format!("{what} needs at least one character that can be seen."),
        ));
    }
    if clean.graphemes(true).count() > max || clean.len() > max * 16 {
        return Err(too_long(what, max));
    }
    Ok(clean)
}

fn too_long(what: &str, max: usize) -> Refusal {
    Refusal::new(RefusalCode::BadInput, format!("{what} has at most {max} characters. Make it shorter."))
}

/// Drops what cannot be seen or turns the line around, and makes all white space single spaces.
fn single_spaced(chars: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for c in chars {
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_hidden(c) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Control, bidirectional and zero-width characters. The joiner U+200D and variation selectors stay: emoji and scripts need them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}')
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_what_one_sees() {
        assert_eq!(display_name("  Amber\t Heron\n").as_deref(), Ok("Amber Heron"));
        assert_eq!(display_name("ev\u{202E}il\u{200B}").as_deref(), Ok("evil"));
        assert_eq!(display_name("ﬁne Ｗide").as_deref(), Ok("fine Wide"));
        assert_eq!(display_name("مريم").as_deref(), Ok("مريم"));
        assert!(display_name("\u{200B}\u{202E} ").is_err());
        assert!(display_name(&"x".repeat(41)).is_err());
        assert!(display_name(&"界".repeat(40)).is_ok());
    }

    #[test]
    fn a_line_of_marks_upon_marks_is_bounded() {
        let zalgo: String = std::iter::once('a').chain(std::iter::repeat_n('\u{0301}', 5000)).collect();
        assert!(chat(&zalgo).is_err());
        assert!(chat(&"👩‍👩‍👧‍👦".repeat(70)).is_ok());
        assert!(display_name(&zalgo).is_err());
    }

    #[test]
    fn a_link_is_made_from_a_name() {
        assert_eq!(slug("Shell Stage"), "shell-stage");
        assert_eq!(slug("Café d'été!"), "cafe-dete");
        assert_eq!(slug("音楽"), "room");
        assert_eq!(slug("--a--b--"), "a-b");
    }

    #[test]
    fn a_log_in_name_is_plain() {
        assert_eq!(login(" Maré "), Err(login("é").unwrap_err()));
        assert_eq!(login("Juno.P").as_deref(), Ok("juno.p"));
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(raw in "\\PC{0,60}") {
            if let Ok(once) = display_name(&raw) {
                prop_assert_eq!(display_name(&once).unwrap(), once);
            }
            let slug = slug(&raw);
            prop_assert!(is_slug(&slug));
        }
    }
}
