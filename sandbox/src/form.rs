//! Parameters as Stripe's clients send them: form-encoded, nested by brackets, as in `line_items[0][quantity]=1`.
//!
//! Each is taken by its name. What nobody took by the end is unknown, and refused.

use crate::problem::Problem;
use std::collections::BTreeMap;

/// How deep brackets may be nested; Stripe's own requests need five.
const DEPTH: usize = 8;
/// How many parameters one request may have.
const MOST: usize = 1000;

/// One level of parameters.
#[derive(Debug, Default)]
pub(crate) struct Form {
    path: String,
    fields: Vec<(String, Node)>,
}

#[derive(Debug)]
enum Node {
    Text(String),
    Fields(Vec<(String, Node)>),
}

impl Form {
    /// Reads a body or a query.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Problem> {
        Self::from_pairs(form_urlencoded::parse(text))
    }

    /// Reads pairs of a name with its brackets and a value.
    pub(crate) fn from_pairs(
        pairs: impl Iterator<Item = (impl AsRef<str>, impl Into<String>)>,
    ) -> Result<Self, Problem> {
        let mut fields = Vec::new();
        for (count, (name, value)) in pairs.enumerate() {
            let name = name.as_ref();
            let segments = segments(name).filter(|segments| segments.len() <= DEPTH && count < MOST);
            let placed = segments.is_some_and(|segments| place(&mut fields, &segments, value.into()));
            if !placed {
                return Err(Problem::invalid(name, format!("Invalid parameter name: {name}")));
            }
        }
        Ok(Self { path: String::new(), fields })
    }

    /// A text, if there is one. Empty ones are refused: Stripe reads them as an attempt to unset.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Node::Text(text)) if text.is_empty() => Err(Problem::parameter(
                "parameter_invalid_empty",
                self.name(name),
                format!(
                    "You passed an empty string for '{name}'. It cannot be unset.",
                    name = self.name(name)
                ),
            )),
            Some(Node::Text(text)) => Ok(Some(text)),
            Some(Node::Fields(_)) => Err(Problem::parameter(
                "parameter_invalid_string_blank",
                self.name(name),
                format!("Invalid string: '{}' is an object", self.name(name)),
            )),
        }
    }

    /// A text that has to be there.
    pub(crate) fn required(&mut self, name: &str) -> Result<String, Problem> {
        self.text(name)?.ok_or_else(|| self.absent(name))
    }

    /// A whole number, if there is one.
    pub(crate) fn integer(&mut self, name: &str) -> Result<Option<i64>, Problem> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let number = text.parse().map_err(|_| {
            Problem::parameter(
                "parameter_invalid_integer",
                self.name(name),
                format!("Invalid integer: {text}"),
            )
        })?;
        Ok(Some(number))
    }

    /// A whole number, if there is one and not a level below.
    pub(crate) fn integer_unless_object(&mut self, name: &str) -> Result<Option<i64>, Problem> {
        let object = self.fields.iter().any(|(known, node)| known == name && matches!(node, Node::Fields(_)));
        if object { Ok(None) } else { self.integer(name) }
    }

    /// `true` or `false`, if one is there.
    pub(crate) fn boolean(&mut self, name: &str) -> Result<Option<bool>, Problem> {
        match self.text(name)?.as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(text) => Err(Problem::invalid(self.name(name), format!("Invalid boolean: {text}"))),
        }
    }

    /// One of these words, if any.
    pub(crate) fn one_of(&mut self, name: &str, words: &[&str]) -> Result<Option<String>, Problem> {
        match self.text(name)? {
            Some(text) if !words.contains(&text.as_str()) => Err(Problem::invalid(
                self.name(name),
                format!("Invalid {}: must be one of {}", self.name(name), words.join(", ")),
            )),
            text => Ok(text),
        }
    }

    /// A level below, if there is one.
    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Form>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Node::Fields(fields)) => Ok(Some(Form { path: self.name(name), fields })),
            Some(Node::Text(_)) => Err(Problem::invalid(self.name(name), "Invalid object".to_owned())),
        }
    }

    /// The levels below a list, in its order.
    pub(crate) fn objects(&mut self, name: &str) -> Result<Vec<Form>, Problem> {
        let Some(mut list) = self.object(name)? else { return Ok(Vec::new()) };
        let indices = list.indices()?;
        let objects = indices.iter().map(|index| list.object(index).map(Option::unwrap_or_default));
        objects.collect()
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Vec<String>, Problem> {
        let Some(mut list) = self.object(name)? else { return Ok(Vec::new()) };
        let indices = list.indices()?;
        indices.iter().map(|index| list.required(index)).collect()
    }

    /// Pairs that somebody keeps with a thing: at most 50, names of 40 characters, values of 500.
    pub(crate) fn metadata(&mut self, name: &str) -> Result<BTreeMap<String, String>, Problem> {
        let Some(mut pairs) = self.object(name)? else { return Ok(BTreeMap::new()) };
        let names: Vec<String> = pairs.fields.iter().map(|(name, _)| name.clone()).collect();
        let mut metadata = BTreeMap::new();
        for key in names {
            let value = pairs.required(&key)?;
            if key.chars().count() > 40 || value.chars().count() > 500 || metadata.len() == 50 {
                let message =
                    "Metadata can have up to 50 keys of 40 characters, with values of 500 characters.";
                return Err(Problem::invalid(pairs.name(&key), message));
            }
            metadata.insert(key, value);
        }
        Ok(metadata)
    }

    /// Ends the reading: whatever is left is a parameter that nobody knows.
    pub(crate) fn done(self) -> Result<(), Problem> {
        match self.fields.first() {
            None => Ok(()),
            Some((name, _)) => Err(Problem::parameter(
                "parameter_unknown",
                self.name(name),
                format!("Received unknown parameter: {}", self.name(name)),
            )),
        }
    }

    /// What a parameter of this level is called from the outside.
    pub(crate) fn name(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}[{name}]", self.path) }
    }

    /// A parameter has to be there and is not.
    pub(crate) fn absent(&self, name: &str) -> Problem {
        let name = self.name(name);
        Problem::parameter("parameter_missing", &*name, format!("Missing required param: {name}."))
    }

    fn take(&mut self, name: &str) -> Option<Node> {
        let at = self.fields.iter().position(|(known, _)| known == name)?;
        Some(self.fields.remove(at).1)
    }

    /// The names of a list's items, in order: numbers, or nothing between the brackets.
    fn indices(&self) -> Result<Vec<String>, Problem> {
        let mut indices = Vec::with_capacity(self.fields.len());
        for (name, _) in &self.fields {
            let number = name.parse::<u32>();
            indices.push((
                number.map_err(|_| Problem::invalid(self.path.as_str(), "Invalid array"))?,
                name.clone(),
            ));
        }
        indices.sort();
        Ok(indices.into_iter().map(|(_, name)| name).collect())
    }
}

/// `a[b][c]` as `a`, `b`, `c`.
fn segments(name: &str) -> Option<Vec<&str>> {
    let (first, rest) = name.split_at(name.find('[').unwrap_or(name.len()));
    let mut segments = vec![first];
    if !rest.is_empty() {
        segments.extend(rest.strip_prefix('[')?.strip_suffix(']')?.split("]["));
    }
    let sound = !first.is_empty() && segments.iter().all(|segment| !segment.contains(['[', ']']));
    sound.then_some(segments)
}

/// Puts a value to its place; `false` where something else is there.
fn place(fields: &mut Vec<(String, Node)>, segments: &[&str], value: String) -> bool {
    let Some((first, rest)) = segments.split_first() else { return false };
    // `list[]=a&list[]=b` counts by itself.
    let name = if first.is_empty() { fields.len().to_string() } else { (*first).to_owned() };
    let known = fields.iter_mut().find(|(known, _)| *known == name);
    match (known, rest.is_empty()) {
        (None, true) => fields.push((name, Node::Text(value))),
        (None, false) => {
            let mut below = Vec::new();
            let placed = place(&mut below, rest, value);
            fields.push((name, Node::Fields(below)));
            return placed;
        }
        (Some((_, Node::Fields(below))), false) => return place(below, rest, value),
        (Some(_), _) => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_levels_and_lists() {
        let mut form = Form::parse(b"a%5Bb%5D%5B1%5D%5Bc%5D=2&a[b][0][c]=1&t[]=x&t[]=y&m[k]=v").unwrap();
        let mut a = form.object("a").unwrap().unwrap();
        let numbers: Vec<_> =
            a.objects("b").unwrap().iter_mut().map(|item| item.integer("c").unwrap()).collect();
        assert_eq!(numbers, [Some(1), Some(2)]);
        assert_eq!(form.texts("t").unwrap(), ["x", "y"]);
        assert_eq!(form.metadata("m").unwrap()["k"], "v");
        form.done().unwrap();
    }

    #[test]
    fn what_nobody_asked_for_is_named_with_its_brackets() {
        let mut form = Form::parse(b"a[b]=1").unwrap();
        let problem = form.object("a").unwrap().unwrap().done().unwrap_err();
        assert_eq!(problem.body()["error"]["param"], "a[b]");
        assert_eq!(problem.body()["error"]["code"], "parameter_unknown");
    }

    #[test]
    fn names_that_make_no_sense_are_refused_and_break_nothing() {
        for text in
            ["a[=1", "a]=1", "[a]=1", "a=1&a=2", "a=1&a[b]=2", "a[b]=2&a=1", "a[b]c=1", "=1", "a[[b]]=1"]
        {
            assert!(Form::parse(text.as_bytes()).is_err(), "{text}");
        }
        let deep = format!("a{}=1", "[b]".repeat(5000));
        assert!(Form::parse(deep.as_bytes()).is_err());
    }
}
