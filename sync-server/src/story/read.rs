//! A TOML file as a tree whose every node knows its line. A table is taken apart key by key; what is left over is a
//! mistake of the author's.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::fault::{StoryError, StoryFault};

/// A value of the file, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Line, from 1.
    pub(super) line: usize,
    /// Offset in bytes, which orders steps and expectations as they were written.
    pub(super) offset: usize,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Words(String),
    Number(i64),
    Flag(bool),
    List(Vec<Node>),
    Table(Table),
    Other(&'static str),
}

/// A table whose keys are taken out one by one.
#[derive(Clone, Debug)]
pub(super) struct Table {
    line: usize,
    entries: BTreeMap<String, Node>,
    /// Every key that was asked for, to tell an author who misspelt one.
    asked: Vec<&'static str>,
}

/// Reads a file.
pub(super) fn read(text: &str) -> Result<Table, StoryError> {
    let parsed = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        StoryFault::Syntax(error.message().to_owned()).at(line)
    })?;
    Ok(table(text, parsed.get_ref(), 1))
}

/// The line of an offset, from 1.
fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    before.filter(|byte| **byte == b'\n').count() + 1
}

fn table(text: &str, parsed: &DeTable<'_>, line: usize) -> Table {
    let entries = parsed
        .iter()
        .map(|(key, value)| {
            let offset = key.span().start;
            let node = Node {
                line: line_of(text, offset),
                offset,
                value: convert(text, value.get_ref(), line_of(text, offset)),
            };
            (key.get_ref().to_string(), node)
        })
        .collect();
    Table {
        line,
        entries,
        asked: Vec::new(),
    }
}

fn convert(text: &str, value: &DeValue<'_>, line: usize) -> Value {
    match value {
        DeValue::String(words) => Value::Words(words.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("number"), Value::Number),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| {
                    let offset = item.span().start;
                    let line = line_of(text, offset);
                    Node {
                        line,
                        offset,
                        value: convert(text, item.get_ref(), line),
                    }
                })
                .collect(),
        ),
        DeValue::Table(inner) => Value::Table(table(text, inner, line)),
        DeValue::Float(_) => Value::Other("number with a fraction"),
        DeValue::Datetime(_) => Value::Other("date without quotation marks"),
    }
}

impl Node {
    /// A fault at this line.
    pub(super) fn fault(&self, fault: StoryFault) -> StoryError {
        fault.at(self.line)
    }

    fn not(&self, wanted: &'static str) -> StoryError {
        let found = match &self.value {
            Value::Words(_) => "text",
            Value::Number(_) => "number",
            Value::Flag(_) => "true or false",
            Value::List(_) => "list",
            Value::Table(_) => "table",
            Value::Other(name) => name,
        };
        self.fault(StoryFault::Kind { wanted, found })
    }

    /// The text.
    pub(super) fn words(&self) -> Result<&str, StoryError> {
        match &self.value {
            Value::Words(words) => Ok(words),
            Value::Number(_)
            | Value::Flag(_)
            | Value::List(_)
            | Value::Table(_)
            | Value::Other(_) => Err(self.not("text in quotation marks")),
        }
    }

    /// The number.
    pub(super) fn number(&self) -> Result<i64, StoryError> {
        match &self.value {
            Value::Number(number) => Ok(*number),
            Value::Words(_)
            | Value::Flag(_)
            | Value::List(_)
            | Value::Table(_)
            | Value::Other(_) => Err(self.not("whole number")),
        }
    }

    /// True or false.
    pub(super) fn flag(&self) -> Result<bool, StoryError> {
        match &self.value {
            Value::Flag(flag) => Ok(*flag),
            Value::Words(_)
            | Value::Number(_)
            | Value::List(_)
            | Value::Table(_)
            | Value::Other(_) => Err(self.not("true or false")),
        }
    }

    /// The items of a list; one value alone is a list of one.
    pub(super) fn items(&self) -> Vec<Node> {
        match &self.value {
            Value::List(items) => items.clone(),
            Value::Words(_)
            | Value::Number(_)
            | Value::Flag(_)
            | Value::Table(_)
            | Value::Other(_) => vec![self.clone()],
        }
    }

    /// The table.
    pub(super) fn table(self) -> Result<Table, StoryError> {
        match self.value {
            Value::Table(mut table) => {
                table.line = self.line;
                Ok(table)
            }
            Value::Words(_)
            | Value::Number(_)
            | Value::Flag(_)
            | Value::List(_)
            | Value::Other(_) => Err(self.not("table")),
        }
    }

    /// A word of one of our vocabularies.
    pub(super) fn code<T: std::str::FromStr>(
        &self,
        what: &'static str,
        known: &[&str],
    ) -> Result<T, StoryError> {
        let word = self.words()?;
        word.parse().map_err(|_| {
            self.fault(StoryFault::UnknownWord {
                what,
                word: word.to_owned(),
                known: known.join(", "),
            })
        })
    }
}

impl Table {
    /// Its line.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// Takes a value out.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Node> {
        self.asked.push(key);
        self.entries.remove(key)
    }

    /// Takes a value out that has to be there.
    pub(super) fn need(&mut self, key: &'static str) -> Result<Node, StoryError> {
        let line = self.line;
        self.take(key)
            .ok_or_else(|| StoryFault::MissingKey(key).at(line))
    }

    /// Takes a flag out; false where there is none.
    pub(super) fn take_flag(&mut self, key: &'static str) -> Result<bool, StoryError> {
        self.take(key).map_or(Ok(false), |node| node.flag())
    }

    /// Takes a list of tables out, in the order of the file.
    pub(super) fn take_tables(
        &mut self,
        key: &'static str,
    ) -> Result<Vec<(usize, Table)>, StoryError> {
        let Some(node) = self.take(key) else {
            return Ok(Vec::new());
        };
        let tables = node.items().into_iter().map(|item| {
            let offset = item.offset;
            item.table().map(|table| (offset, table))
        });
        tables.collect()
    }

    /// Everything that is left, where the author chooses the keys.
    pub(super) fn rest(self) -> BTreeMap<String, Node> {
        self.entries
    }

    /// Complains about the first key that nobody asked for.
    pub(super) fn end(self) -> Result<(), StoryError> {
        self.only(&[])
    }

    /// Complains about the first key that nobody asked for, but for some that are asked for later.
    pub(super) fn only(&self, later: &[&str]) -> Result<(), StoryError> {
        let left = self.entries.iter();
        let unknown = left.filter(|(key, _)| !later.contains(&key.as_str()));
        let first = unknown.min_by_key(|(_, node)| node.offset);
        first.map_or(Ok(()), |(key, node)| {
            Err(node.fault(StoryFault::UnknownKey {
                key: key.clone(),
                known: self.asked.join(", "),
            }))
        })
    }
}
