//! People and groups.

use super::super::data::{Group, Inventory, User};
use super::super::hostile;
use super::super::tape::Tape;
use super::people;

/// Identities that look like something else to a YAML reader; a person takes the one of their number.
const ODD: [&str; 24] = [
    "null",
    "true",
    "1e3x",
    "0x1F",
    "~",
    "- x",
    "{a}",
    "#x",
    "a: b",
    "'q'",
    "\"dq\"",
    "%x",
    "@at",
    "`tick`",
    "!tag",
    "&anchor",
    "|",
    ">",
    "${HOME}",
    "2027-01-31",
    "0123",
    "a b  c",
    "e\u{301}",
    "uid=ada,ou=x\\y",
];

/// The person with a number. The first one never departs, so that there is always a successor.
pub fn user(at: usize, before: &Inventory, tape: &mut Tape) -> User {
    let name = match tape.below(5) {
        1 => format!("U.{at}"),
        2 => format!("user_{at}+x-"),
        3 => format!("0{at}7"),
        4 => ["no", "nan", "y", "1e3", "yes", "on", "t", "off", "0x10", "0777", "12", "false"][at % 12].to_owned(),
        _ => format!("u{at}"),
    };
    let mut user = User::active(&name);
    match tape.below(8) {
        0 => {}
        1 => user.email = Some(format!("u{at}@example.org")),
        2 => user.email = Some(format!("First.LAST{at}@Example.ORG")),
        // Four people each of whom KFAM would give the same name.
        3 | 4 => user.identity = Some(format!("alice{}{}smith@x.org", at / 4, [".", "-", "_", "+"][at % 4])),
        5 => user.identity = Some(format!("{}用户@例子.公司", "é".repeat(at))),
        6 => user.identity = Some(ODD[at % ODD.len()].to_owned()),
        _ => user.identity = Some(format!("{}.{at}", "long".repeat(65 + at % 3))),
    }
    if user.email.is_some() && tape.rarely(3) {
        user.identity = Some(format!("sub:{at}"));
    }
    user.display_name = tape.rarely(2).then(|| hostile::line(tape));
    if at > 0 && tape.rarely(3) {
        user.departed = true;
        user.successor = tape.rarely(2).then(|| heir(before, tape));
    }
    if tape.rarely(4) {
        user.previously = vec![format!("old{at}@example.org")];
    }
    user
}

/// Somebody who is there, or who has a successor in turn.
fn heir(before: &Inventory, tape: &mut Tape) -> String {
    super::owner(before, tape)
}

/// The group with a number; the groups in it have smaller ones.
pub fn group(at: usize, before: &Inventory, tape: &mut Tape) -> Group {
    let name = match tape.below(3) {
        1 => format!("G.{at}_x"),
        2 => format!("0{at}"),
        _ => format!("g{at}"),
    };
    let members = people(before, tape, 4);
    let smaller: Vec<String> = before.groups.iter().map(|group| group.name.clone()).collect();
    Group { name, members, groups: tape.some(&smaller, 2), external: tape.rarely(4) }
}
