//! Holidays as versioned data: which days an office is closed, and which years somebody has loaded.
//!
//! Days are added at ten days' notice, so nothing here is compiled in; the files under `core/data/calendars`
//! are what an institution starts with.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use thiserror::Error;

use crate::code::codes;

/// A region with holidays of its own, for instance `bali`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize,
)]
#[serde(transparent)]
pub struct Region(String);

impl Region {
    /// Wraps a region's name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

codes!(
    /// How sure we are of a date.
    Confidence {
        /// Read in a source, or in two agreeing ones.
        High = "high",
        /// One secondary source, or derived from the cycle.
        Medium = "medium",
        /// Recalled only.
        Low = "low",
    }
);

/// Whose day off it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HolidayKind {
    /// National holiday (*libur nasional*).
    National,
    /// Collective leave (*cuti bersama*); off only for offices that follow it.
    CollectiveLeave,
    /// A day of one region (*libur fakultatif*); off only for offices that follow that region.
    Regional(Region),
    /// A day on which this office alone is closed.
    OfficeClosure,
}

impl HolidayKind {
    /// The text that the national file uses; a regional day has none.
    fn from_code(code: &str) -> Option<Self> {
        match code {
            "nasional" => Some(Self::National),
            "cuti_bersama" => Some(Self::CollectiveLeave),
            "tutup_kantor" => Some(Self::OfficeClosure),
            _ => None,
        }
    }
}

/// One row of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    /// The local date.
    pub date: NaiveDate,
    /// Whose day off it is.
    pub kind: HolidayKind,
    /// The name, in Indonesian.
    pub name: String,
    /// How sure the list is.
    pub confidence: Confidence,
}

/// Why a list was not taken. Lines count from 1.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("line {line}: {reason}")]
pub struct CalendarError {
    /// The line of the file.
    pub line: usize,
    /// What is wrong with it.
    pub reason: CalendarFault,
}

/// What can be wrong with a line of a list.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CalendarFault {
    /// The first line names other columns.
    #[error("the first line must read `{expected}`")]
    Header {
        /// What the first line must read.
        expected: &'static str,
    },
    /// Too few columns.
    #[error("a row has the columns `{expected}`")]
    Columns {
        /// What a row must hold.
        expected: &'static str,
    },
    /// The date is not one.
    #[error("`{0}` is not a date like 2026-12-25")]
    Date(String),
    /// The kind is unknown.
    #[error("`{0}` is not a kind: nasional, cuti_bersama or tutup_kantor")]
    Kind(String),
    /// The confidence is unknown.
    #[error("`{0}` is not a confidence: high, medium or low")]
    Confidence(String),
    /// The day has no name.
    #[error("the day has no name")]
    Name,
    /// A day stands in a list that is not for such days.
    #[error(
        "such a day does not belong into the list `{0}`: `national` is for nasional and cuti_bersama"
    )]
    Misplaced(String),
    /// There is no day in it.
    #[error("the list is empty")]
    Empty,
    /// The same row stands twice.
    #[error("the same day stands twice in this list")]
    Twice,
}

/// A list of holidays that ought to be loaded and is not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingList {
    /// Its name: `national` or a region's.
    pub name: String,
    /// The year.
    pub year: i32,
}

/// The name of the list of national days and collective leave.
pub const NATIONAL: &str = "national";

/// The month from whose first day next year's lists ought to be there.
const NEXT_YEAR_FROM_MONTH: u32 = 11;

const NATIONAL_HEADER: &str = "date,kind,name,confidence";
const REGIONAL_HEADER: &str = "date,name,confidence";

/// The lists that an institution has loaded. Equal contents have equal versions, whatever the order of loading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    days: BTreeMap<NaiveDate, BTreeSet<Holiday>>,
    national_years: BTreeSet<i32>,
    regional_years: BTreeSet<(Region, i32)>,
}

impl Calendar {
    /// A calendar with no list: every year is provisional.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Reads a list of national days, `date,kind,name,confidence`.
    ///
    /// # Errors
    /// The first line that is not a row.
    pub fn parse_national(text: &str) -> Result<Self, CalendarError> {
        Self::parse(text, NATIONAL_HEADER, |row| {
            let (date, rest) = row.split_once(',')?;
            let (kind, rest) = rest.split_once(',')?;
            let (name, confidence) = rest.rsplit_once(',')?;
            let kind = HolidayKind::from_code(kind.trim()).ok_or_else(|| kind.trim().to_owned());
            Some((date, kind, name, confidence))
        })
    }

    /// Reads a list of one region's days, `date,name,confidence`.
    ///
    /// # Errors
    /// The first line that is not a row.
    pub fn parse_regional(region: &Region, text: &str) -> Result<Self, CalendarError> {
        Self::parse(text, REGIONAL_HEADER, |row| {
            let (date, rest) = row.split_once(',')?;
            let (name, confidence) = rest.rsplit_once(',')?;
            Some((
                date,
                Ok(HolidayKind::Regional(region.clone())),
                name,
                confidence,
            ))
        })
    }

    /// Reads either kind of list: the header tells which. A regional list is the region `region`'s.
    ///
    /// # Errors
    /// The first line that is not a row.
    pub fn parse_any(region: &Region, text: &str) -> Result<Self, CalendarError> {
        if text.lines().next().map(str::trim) == Some(REGIONAL_HEADER) {
            Self::parse_regional(region, text)
        } else {
            Self::parse_national(text)
        }
    }

    /// The files of the lists that ship with the core, by name.
    #[must_use]
    pub const fn shipped_files() -> [(&'static str, &'static str); 2] {
        [
            ("national", include_str!("../data/calendars/national.csv")),
            ("bali", include_str!("../data/calendars/bali.csv")),
        ]
    }

    /// The lists that ship with the core: national 2025-2026 and Bali.
    ///
    /// # Errors
    /// Never in a build whose tests passed.
    pub fn shipped() -> Result<Self, CalendarError> {
        let national = Self::parse_national(include_str!("../data/calendars/national.csv"))?;
        let bali = Self::parse_regional(
            &Region::new("bali"),
            include_str!("../data/calendars/bali.csv"),
        )?;
        Ok(national.union(&bali))
    }

    /// The calendar of an institution that loaded these lists, each with its name, oldest first. A list takes the place
    /// of an older one of its name in the years that it speaks of; the other years stay.
    ///
    /// # Errors
    /// The first line that is not a row.
    pub fn of_lists<'t>(
        lists: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> Result<Self, CalendarError> {
        let mut by_name: BTreeMap<&str, Self> = BTreeMap::new();
        for (name, csv) in lists {
            let newer = Self::parse_any(&Region::new(name), csv)?;
            let years: BTreeSet<i32> = newer.holidays().map(|day| day.date.year()).collect();
            let older = by_name.remove(name).unwrap_or_default();
            let mut kept = newer;
            for day in older.holidays() {
                if !years.contains(&day.date.year()) {
                    kept.insert(day.clone());
                }
            }
            by_name.insert(name, kept);
        }
        let all = by_name.values();
        Ok(all.fold(Self::default(), |all, list| all.union(list)))
    }

    /// Reads a list that an administrator hands in under a name: `national` holds national days and collective leave,
    /// another name either a region's days or the days on which the office is closed.
    ///
    /// # Errors
    /// The first line that is not a row of such a list.
    pub fn parse_named(name: &str, csv: &str) -> Result<Self, CalendarError> {
        let list = Self::parse_any(&Region::new(name), csv)?;
        let is_misplaced = |day: &&Holiday| match day.kind {
            HolidayKind::National | HolidayKind::CollectiveLeave => name != NATIONAL,
            HolidayKind::OfficeClosure | HolidayKind::Regional(_) => name == NATIONAL,
        };
        if list.days.is_empty() {
            let reason = CalendarFault::Empty;
            return Err(CalendarError { line: 1, reason });
        }
        if let Some(day) = list.holidays().find(is_misplaced) {
            let text = day.date.to_string();
            let found = csv.lines().position(|row| row.trim().starts_with(&text));
            let reason = CalendarFault::Misplaced(name.to_owned());
            return Err(CalendarError {
                line: found.map_or(1, |before| before + 1),
                reason,
            });
        }
        Ok(list)
    }

    /// The lists that an office which follows these regions ought to have and has not: this year's, and from 1 November
    /// next year's (amendment C9). Each is a red item.
    #[must_use]
    pub fn missing(&self, regions: &BTreeSet<Region>, today: NaiveDate) -> Vec<MissingList> {
        let this = today.year();
        let years = if today.month() >= NEXT_YEAR_FROM_MONTH {
            vec![this, this + 1]
        } else {
            vec![this]
        };
        let mut missing = Vec::new();
        for year in years {
            if !self.national_years.contains(&year) {
                let name = NATIONAL.to_owned();
                missing.push(MissingList { name, year });
            }
            for region in regions {
                if !self.regional_years.contains(&(region.clone(), year)) {
                    let name = region.as_str().to_owned();
                    missing.push(MissingList { name, year });
                }
            }
        }
        missing
    }

    /// Both lists together.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut both = self.clone();
        for holiday in other.days.values().flatten() {
            both.insert(holiday.clone());
        }
        both
    }

    /// The same lists without one day; what an office corrects when a day was withdrawn.
    #[must_use]
    pub fn without(&self, date: NaiveDate) -> Self {
        let mut rest = Self::default();
        for holiday in self
            .days
            .values()
            .flatten()
            .filter(|holiday| holiday.date != date)
        {
            rest.insert(holiday.clone());
        }
        rest
    }

    /// Names the contents: 16 hexadecimal digits of a BLAKE3 hash over the rows in order.
    #[must_use]
    pub fn version(&self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("jangkau calendar version 1");
        for holiday in self.days.values().flatten() {
            let kind = match &holiday.kind {
                HolidayKind::National => "nasional",
                HolidayKind::CollectiveLeave => "cuti_bersama",
                HolidayKind::OfficeClosure => "tutup_kantor",
                HolidayKind::Regional(region) => region.as_str(),
            };
            hasher.update(format!("{},{kind},{}\n", holiday.date, holiday.name).as_bytes());
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }

    /// The years with a national list.
    #[must_use]
    pub fn years(&self) -> &BTreeSet<i32> {
        &self.national_years
    }

    /// Every row, by date.
    pub fn holidays(&self) -> impl Iterator<Item = &Holiday> {
        self.days.values().flatten()
    }

    /// The rows of one day.
    pub fn on(&self, date: NaiveDate) -> impl Iterator<Item = &Holiday> {
        self.days.get(&date).into_iter().flatten()
    }

    /// Whether the year has a national list, and a list of each of these regions.
    #[must_use]
    pub fn is_loaded(&self, year: i32, regions: &BTreeSet<Region>) -> bool {
        self.national_years.contains(&year)
            && regions
                .iter()
                .all(|region| self.regional_years.contains(&(region.clone(), year)))
    }

    /// Whether an office that follows these regions, and collective leave or not, is off on this date.
    #[must_use]
    pub fn is_off(
        &self,
        date: NaiveDate,
        collective_leave: bool,
        regions: &BTreeSet<Region>,
    ) -> bool {
        is_fixed_holiday(date)
            || self.on(date).any(|holiday| match &holiday.kind {
                HolidayKind::National | HolidayKind::OfficeClosure => true,
                HolidayKind::CollectiveLeave => collective_leave,
                HolidayKind::Regional(region) => regions.contains(region),
            })
    }

    fn parse<'t>(
        text: &'t str,
        header: &'static str,
        split: impl Fn(&'t str) -> Option<(&'t str, Result<HolidayKind, String>, &'t str, &'t str)>,
    ) -> Result<Self, CalendarError> {
        let mut calendar = Self::default();
        let mut lines = text.trim_start_matches('\u{feff}').lines().zip(1..);
        let first = lines.next().map(|(line, _)| line.trim());
        if first != Some(header) {
            let reason = CalendarFault::Header { expected: header };
            return Err(CalendarError { line: 1, reason });
        }
        for (row, line) in lines {
            if row.trim().is_empty() {
                continue;
            }
            let holiday = split(row.trim())
                .ok_or(CalendarFault::Columns { expected: header })
                .and_then(holiday_of)
                .map_err(|reason| CalendarError { line, reason })?;
            if !calendar.insert(holiday) {
                return Err(CalendarError {
                    line,
                    reason: CalendarFault::Twice,
                });
            }
        }
        Ok(calendar)
    }

    fn insert(&mut self, holiday: Holiday) -> bool {
        let year = holiday.date.year();
        match &holiday.kind {
            HolidayKind::National => {
                self.national_years.insert(year);
            }
            HolidayKind::Regional(region) => {
                self.regional_years.insert((region.clone(), year));
            }
            HolidayKind::CollectiveLeave | HolidayKind::OfficeClosure => {}
        }
        self.days.entry(holiday.date).or_default().insert(holiday)
    }
}

fn holiday_of(
    (date, kind, name, confidence): (&str, Result<HolidayKind, String>, &str, &str),
) -> Result<Holiday, CalendarFault> {
    let date = date.trim();
    let name = name.trim();
    if name.is_empty() {
        return Err(CalendarFault::Name);
    }
    Ok(Holiday {
        date: date
            .parse()
            .map_err(|_| CalendarFault::Date(date.to_owned()))?,
        kind: kind.map_err(CalendarFault::Kind)?,
        name: name.to_owned(),
        confidence: confidence
            .trim()
            .parse()
            .map_err(|_| CalendarFault::Confidence(confidence.trim().to_owned()))?,
    })
}

/// The holidays whose dates never move: off in every year, loaded or not (LK3.md, amendment A10).
fn is_fixed_holiday(date: NaiveDate) -> bool {
    matches!(
        (date.month(), date.day()),
        (1, 1) | (5, 1) | (6, 1) | (8, 17) | (12, 25)
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
    use super::*;

    #[test]
    fn shipped_lists_are_complete_and_their_version_is_fixed() {
        let calendar = Calendar::shipped().unwrap();
        let count = |year: i32, kind: &HolidayKind| {
            calendar
                .holidays()
                .filter(|day| day.date.year() == year && day.kind == *kind)
                .count()
        };
        assert_eq!(count(2025, &HolidayKind::National), 17);
        assert_eq!(count(2025, &HolidayKind::CollectiveLeave), 11);
        assert_eq!(count(2026, &HolidayKind::National), 17);
        assert_eq!(count(2026, &HolidayKind::CollectiveLeave), 8);
        expect_test::expect!["4142fe54f85bffa3"].assert_eq(&calendar.version());
        let bali = BTreeSet::from([Region::new("bali")]);
        assert!(calendar.is_loaded(2026, &bali));
        assert!(!calendar.is_loaded(2027, &BTreeSet::new()));
    }

    #[test]
    fn order_of_loading_does_not_change_a_calendar() {
        let national = Calendar::parse_national(
            "date,kind,name,confidence\n2026-08-25,nasional,Maulid, Nabi,high\n",
        )
        .unwrap();
        let bali = Calendar::parse_regional(
            &Region::new("bali"),
            "date,name,confidence\n2026-06-17,Galungan,high\n",
        )
        .unwrap();
        assert_eq!(national.union(&bali), bali.union(&national));
        assert_eq!(
            national.union(&bali).version(),
            bali.union(&national).version()
        );
        assert_eq!(national.holidays().next().unwrap().name, "Maulid, Nabi");
        let galungan = "2026-06-17".parse().unwrap();
        let both = national.union(&bali);
        assert!(!both.is_off(galungan, true, &BTreeSet::new()));
        assert!(both.is_off(galungan, true, &BTreeSet::from([Region::new("bali")])));
    }

    #[test]
    fn a_later_list_of_a_name_replaces_an_earlier() {
        let header = "date,kind,name,confidence\n";
        let old = format!("{header}2026-08-17,nasional,Kemerdekaan,high\n");
        let new = format!("{header}2026-08-18,cuti_bersama,Tambahan,high\n");
        let bali = "date,name,confidence\n2026-06-17,Galungan,high\n";
        let lists = [("national", &*old), ("bali", bali), ("national", &*new)];
        let calendar = Calendar::of_lists(lists).unwrap();
        let names: Vec<&str> = calendar.holidays().map(|day| day.name.as_str()).collect();
        assert_eq!(names, ["Galungan", "Tambahan"]);
        assert!(Calendar::of_lists([("bali", "x")]).is_err());
    }

    #[test]
    fn errors_name_the_line() {
        let cases = [
            (
                "",
                "line 1: the first line must read `date,kind,name,confidence`",
            ),
            (
                "date,name,confidence\n",
                "line 1: the first line must read `date,kind,name,confidence`",
            ),
            (
                "date,kind,name,confidence\n2026-01-01,nasional\n",
                "line 2: a row has the columns `date,kind,name,confidence`",
            ),
            (
                "date,kind,name,confidence\n\n2026-13-01,nasional,X,high\n",
                "line 3: `2026-13-01` is not a date like 2026-12-25",
            ),
            (
                "date,kind,name,confidence\n2026-01-01,libur,X,high\n",
                "line 2: `libur` is not a kind: nasional, cuti_bersama or tutup_kantor",
            ),
            (
                "date,kind,name,confidence\n2026-01-01,nasional,X,sure\n",
                "line 2: `sure` is not a confidence: high, medium or low",
            ),
            (
                "date,kind,name,confidence\n2026-01-01,nasional, ,high\n",
                "line 2: the day has no name",
            ),
            (
                "date,kind,name,confidence\n2026-01-01,nasional,X,high\n2026-01-01,nasional,X,high\n",
                "line 3: the same day stands twice in this list",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(
                Calendar::parse_national(text).unwrap_err().to_string(),
                expected
            );
        }
    }

    const HEADER: &str = "date,kind,name,confidence\n";

    #[test]
    fn a_newer_list_takes_the_place_of_an_older_one_in_its_years() {
        let of = |lists: &[(&str, &str)]| {
            let owned: Vec<(&str, String)> = lists
                .iter()
                .map(|(name, rows)| (*name, format!("{HEADER}{rows}")))
                .collect();
            let lists = owned.iter().map(|(name, csv)| (*name, csv.as_str()));
            let calendar = Calendar::of_lists(lists).unwrap();
            let dates = calendar.holidays().map(|day| day.date.to_string());
            dates.collect::<Vec<_>>().join(" ")
        };
        let national = ("national", "2026-03-19,nasional,Nyepi,high\n");
        let next = ("national", "2027-03-08,nasional,Nyepi,high\n");
        let corrected = ("national", "2026-03-20,nasional,Nyepi,high\n");
        let closure = ("office", "2026-03-25,tutup_kantor,Pindah gedung,high\n");
        assert_eq!(of(&[national, next]), "2026-03-19 2027-03-08");
        assert_eq!(of(&[national, next, corrected]), "2026-03-20 2027-03-08");
        assert_eq!(
            of(&[national, closure, next]),
            "2026-03-19 2026-03-25 2027-03-08"
        );
    }

    #[test]
    fn a_day_belongs_into_a_list_of_its_kind() {
        let check = |name: &str, rows: &str, expected: &str| {
            let read = Calendar::parse_named(name, &format!("{HEADER}{rows}"));
            let told = read.map_or_else(|error| error.to_string(), |_| String::new());
            assert!(
                told.starts_with(expected) && told.is_empty() == expected.is_empty(),
                "{told}"
            );
        };
        let closure = "2026-03-25,tutup_kantor,Pindah gedung,high\n";
        let leave = "2026-03-26,cuti_bersama,Cuti,high\n";
        check("office", closure, "");
        check("national", leave, "");
        check(
            "office",
            &format!("{closure}{leave}"),
            "line 3: such a day does not belong",
        );
        check("national", closure, "line 2: such a day does not belong");
        check("office", "", "line 1: the list is empty");
    }

    #[test]
    fn next_years_list_is_missed_from_november() {
        let calendar = Calendar::shipped().unwrap();
        let check = |regions: &[&str], today: &str, expected: &[(&str, i32)]| {
            let regions = regions.iter().map(|name| Region::new(name)).collect();
            let missing = calendar.missing(&regions, today.parse().unwrap());
            let missing: Vec<_> = missing
                .iter()
                .map(|list| (list.name.as_str(), list.year))
                .collect();
            assert_eq!(missing, expected, "{today}");
        };
        check(&[], "2026-10-31", &[]);
        check(&[], "2026-11-01", &[("national", 2027)]);
        check(
            &["bali"],
            "2026-12-31",
            &[("national", 2027), ("bali", 2027)],
        );
        check(&["bali"], "2025-11-01", &[]);
        check(&[], "2027-01-01", &[("national", 2027)]);
        check(&["papua"], "2026-01-02", &[("papua", 2026)]);
    }
}
