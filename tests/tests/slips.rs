//! Every slip of the trade as it lies on the counter: filled from a record, drawn as a PDF, read as a reader of PDFs does, and
//! held to the picture that was looked at. `BLESS=1` accepts what is drawn now; look at it first
//! (`tests/fixtures/slips/README.md`).

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

mod pdf_reader;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use butler_core::context::field_words::Titles;
use butler_core::context::{OfficeTables, SlipAsked, slip_facts};
use butler_core::crdt::Document;
use butler_core::error::ButlerError;
use butler_core::model::directory::Directory;
use butler_core::model::round::RoundStop;
use butler_core::model::{
    ActorId, DeviceId, Edit, Event, EventId, Evidence, Kind, PlaceId, QuestionId, Record, RecordId, Round,
    StaffId, Stamp, Timestamp, Value,
};
use butler_core::playbook::checklist::{Checklist, Point};
use butler_core::playbook::form::{AnswerType, FormField};
use butler_core::playbook::metric::{MetricCounter, People};
use butler_core::playbook::paper::{FilledSlip, Paper, SlipFacts, SlipPart};
use butler_core::playbook::{Label, Language, Playbooks};
use butler_core::query::{IndexContext, MemoryIndex};
use butler_core::testing::Tables;
use butler_office::pdf::{Font, draw};
use chrono::NaiveDateTime;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{GrayImage, Rgb, RgbImage};
use pdf_reader::Page;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// The day most slips are of: 09:00 in China on 2026-11-28.
const TODAY: &str = "2026-11-28 09:00";
/// Who hands them out.
const ISSUER: &str = "zhang.li";
/// Whose phone it is.
const DEVICE: DeviceId = DeviceId([1; 16]);

/// A slip to be drawn, as a file of `tests/fixtures/slips` tells what it is filled from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    paper: String,
    /// The procedure, where the template knows several.
    of: Option<String>,
    /// Drawn in English as well.
    #[serde(default)]
    english: bool,
    #[serde(default)]
    place: String,
    /// The homes and people it is about, by name.
    #[serde(default)]
    homes: Vec<String>,
    #[serde(default)]
    people: Vec<String>,
    #[serde(default)]
    title: String,
    /// Who began it and when.
    by: String,
    at: String,
    /// Of a row of a register.
    #[serde(default)]
    answers: toml::Table,
    /// What its month came to, each metric in words: nothing else is here to be counted.
    #[serde(default)]
    metrics: BTreeMap<String, String>,
    /// What its sums that count come to, each in words, likewise.
    #[serde(default)]
    sums: BTreeMap<String, String>,
    /// Of a case.
    #[serde(default)]
    step: Vec<Done>,
    /// Of a round: the points that are visited at several places, each with a place, in walking order.
    #[serde(default)]
    stops: Vec<(String, String)>,
    /// Of a round: items that were found otherwise than in order, or that nobody looked at.
    #[serde(default)]
    found: Vec<Found>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Done {
    step: String,
    by: String,
    at: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    answers: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Found {
    item: String,
    place: Option<String>,
    answer: Option<toml::Value>,
    #[serde(default)]
    note: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/slips")
}

fn all() -> Vec<(String, Told)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    let read = |file: &PathBuf| {
        let told = toml::from_str(&fs::read_to_string(file).unwrap());
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        (name, told.unwrap_or_else(|error| panic!("{}: {error}", file.display())))
    };
    files.iter().map(read).collect()
}

/// The office they are of.
fn office() -> OfficeTables {
    let grid = "jinse/grid-3";
    let mut tables = Tables::default().grid(grid, "3网格").place("jinse", "金色家园", &[grid]);
    for unit in 1..=3 {
        tables = tables.place(&format!("jinse/3/{unit}"), &format!("3栋{unit}单元"), &[grid]);
        for (id, name) in [("lobby", "大堂"), ("lift", "电梯"), ("corridor", "楼道")] {
            tables = tables.place(&format!("jinse/3/{unit}/{id}"), &format!("3栋{unit}单元{name}"), &[grid]);
        }
    }
    let tables = tables
        .person("zhang.li", "张丽", "butler", &[grid])
        .person("li.zg", "李建国", "supervisor", &[])
        .person("zhou.kj", "周晓梅", "finance", &[])
        .person("zhao.gong", "赵志强", "engineering", &[])
        .person("sun.jie", "孙玉兰", "environment", &[])
        .person("ouyang", "欧阳长青", "security", &[]);
    let playbooks = Playbooks::embedded().unwrap();
    OfficeTables {
        directory: Directory::new(tables.staff, tables.grids, tables.places, tables.assignments),
        calendar: playbooks.calendar(8 * 60),
        playbooks,
    }
}

/// The names of the records a slip is about.
struct Names(BTreeMap<RecordId, (Kind, String)>);

impl Titles for Names {
    fn title_of(&self, id: RecordId) -> Result<Label, ButlerError> {
        Ok(self.0.get(&id).map(|(_, name)| Label::same(name.as_str())).unwrap_or_default())
    }

    fn kind_of(&self, id: RecordId) -> Result<Option<Kind>, ButlerError> {
        Ok(self.0.get(&id).map(|(kind, _)| *kind))
    }
}

/// An identifier that is the same wherever this is run.
fn drawn(words: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(words)[..16]);
    bytes
}

/// A time of a file, in China.
fn moment(words: &str) -> Timestamp {
    let local = NaiveDateTime::parse_from_str(words, "%Y-%m-%d %H:%M");
    let local = local.unwrap_or_else(|_| panic!("`{words}` is no time: write `2026-11-23 09:05`"));
    Timestamp::from_millis(local.and_utc().timestamp_millis() - 8 * 3_600_000)
}

/// An answer as it is stored. Choices are told by their Chinese words.
fn answer(office: &OfficeTables, field: &FormField, told: &toml::Value) -> Value {
    let wrong = || format!("`{}` is not answered by {told}", field.id);
    let option = |words: &str| {
        let option = field.options.iter().find(|option| option.label.zh == words);
        option.unwrap_or_else(|| panic!("`{}` has no `{words}`", field.id)).id.clone()
    };
    match (field.answer, told) {
        (AnswerType::MultiChoice, toml::Value::Array(many)) => {
            let many = many.iter().map(|one| option(one.as_str().unwrap()));
            many.collect::<Vec<_>>().join(",").into()
        }
        (AnswerType::Choice, toml::Value::String(text)) => option(text).into(),
        (AnswerType::Moment, toml::Value::String(text)) => moment(text).millis().into(),
        (AnswerType::Staff, toml::Value::String(text)) => {
            let known = office.directory.staff.values().find(|staff| staff.name == *text);
            known.unwrap_or_else(|| panic!("{}", wrong())).id.to_string().into()
        }
        (_, toml::Value::String(text)) => text.as_str().into(),
        (_, toml::Value::Integer(whole)) => (*whole).into(),
        (_, toml::Value::Float(real)) => Value::Real(*real),
        (_, toml::Value::Boolean(yes)) => (*yes).into(),
        _ => panic!("{}", wrong()),
    }
}

fn answers<'f>(
    office: &OfficeTables,
    asked: impl Iterator<Item = &'f FormField> + Clone,
    told: &toml::Table,
) -> BTreeMap<QuestionId, Value> {
    let answered = |(name, value): (&String, &toml::Value)| {
        let field = asked.clone().find(|field| field.id == name.as_str());
        let field = field.unwrap_or_else(|| panic!("nobody asks `{name}`"));
        (field.id.clone(), answer(office, field, value))
    };
    told.iter().map(answered).collect()
}

/// Writes what happened into a record.
struct Writer<'a> {
    office: &'a OfficeTables,
    name: &'a str,
    document: Document,
    count: u8,
}

impl Writer<'_> {
    fn write(&mut self, by: &str, at: Timestamp, edit: &Edit) {
        self.count += 1;
        let actor = ActorId::new(DEVICE, [self.count; 8]);
        let stamp = Stamp { staff: StaffId::new(by).unwrap(), at, offset: None, copy_of: None };
        self.document.author(actor, &stamp, edit).unwrap();
    }

    fn event(&self, step: &str, by: &str, at: Timestamp, note: &str) -> Event {
        let staff = self.office.directory.active(&StaffId::new(by).unwrap());
        let staff = staff.unwrap_or_else(|| panic!("nobody is called {by}"));
        Event {
            id: EventId(drawn(&format!("{} {}", self.name, self.count))),
            step: step.into(),
            by: staff.id.clone(),
            role: staff.roles[0].clone(),
            device: DEVICE,
            at,
            offset: None,
            after: Vec::new(),
            note: note.to_owned(),
            evidence: Evidence::default(),
            unknown: BTreeMap::new(),
        }
    }
}

/// What kind of record a procedure makes.
fn kind_of(set: &Playbooks, of: &str) -> Kind {
    match (set.workflow(&of.into()), set.checklist(&of.into())) {
        (Some(_), _) => Kind::Case,
        (_, Some(_)) => Kind::Round,
        _ => Kind::Entry,
    }
}

impl Told {
    /// Fills the slip.
    fn filled(&self, office: &OfficeTables, name: &str, language: Language) -> FilledSlip {
        let set = &office.playbooks;
        let paper = set.papers().find(|paper| paper.id == self.paper);
        let paper = paper.unwrap_or_else(|| panic!("{name}: no slip is called {}", self.paper));
        let of = self.of.as_ref().unwrap_or_else(|| paper.of.first().unwrap());
        let kind = kind_of(set, of);
        let document = Document::genesis(RecordId(drawn(name)), kind, Kind::VERSION).unwrap();
        let mut writer = Writer { office, name, document, count: 0 };
        let mut names = Names(BTreeMap::new());
        let mut first = Edit::new().put("place", if self.place.is_empty() { "jinse" } else { &self.place });
        for (kind, called) in [(Kind::Home, &self.homes), (Kind::Resident, &self.people)] {
            for called in called {
                let id = RecordId(drawn(called));
                names.0.insert(id, (kind, called.clone()));
                first = first.put(format!("subject/{id}"), true);
            }
        }
        self.write(of, first, &mut writer);
        let record: Record = writer.document.record();
        let issuer = StaffId::new(ISSUER).unwrap();
        let asked = SlipAsked { titles: &names, issuer: &issuer, now: moment(TODAY), booked: None };
        let mut facts = slip_facts(office, &record, &BTreeMap::new(), &asked).unwrap();
        self.count(office, paper, &record, &mut facts);
        for (sum, words) in &self.sums {
            let known = facts.named.get_mut(sum);
            known.unwrap_or_else(|| panic!("{name}: there is no {sum}")).1 =
                Some(Label::same(words.as_str()));
        }
        assert!(paper.is_ready(&facts), "{name}: it may not be printed yet");
        let slip = paper.fill(&facts, language);
        // Companies are called like this.
        let company = match language {
            Language::Zh => "深圳市金色物业服务有限公司金色家园物业服务中心",
            Language::En => "Jinse Property Services (Shenzhen) Co., Ltd. · Jinse Jiayuan Service Centre",
        };
        FilledSlip { company: company.to_owned(), ..slip }
    }

    /// Counts an empty community, and puts what is told in its place.
    fn count(&self, office: &OfficeTables, paper: &Paper, record: &Record, facts: &mut SlipFacts) {
        let (set, calendar) = (&office.playbooks, &office.calendar);
        let index = MemoryIndex::new(IndexContext::new(&office.directory, calendar.offset(), &**set));
        let people = People {
            grids: office.grids.iter().collect(),
            staff: &office.staff,
            assignments: &office.assignments,
        };
        let counter = |month| MetricCounter::new(set, &index, calendar, &people, moment(TODAY), month);
        paper.count(record, facts, set.terms(), counter).unwrap();
        for (metric, number) in &self.metrics {
            let counted = facts.metrics.iter_mut().find(|((_, id), _)| id.as_str() == metric);
            let (_, (_, words)) = counted.unwrap_or_else(|| panic!("the slip does not tell {metric}"));
            *words = Label::same(number.as_str());
        }
    }

    /// Writes what is told into the record.
    fn write(&self, of: &str, first: Edit, writer: &mut Writer<'_>) {
        let (office, set) = (writer.office, &writer.office.playbooks);
        let begun = |writer: &mut Writer<'_>, edit: &Edit| writer.write(&self.by, moment(&self.at), edit);
        if let Some(flow) = set.workflow(&of.into()) {
            let mut first = first.put("playbook", of).put("version", flow.version.to_string());
            if !self.title.is_empty() {
                first = first.put("title", self.title.as_str());
            }
            begun(writer, &first);
            let mut after = Vec::new();
            for done in &self.step {
                let step = flow.step(&done.step.as_str().into());
                let step = step.unwrap_or_else(|| panic!("{of} has no step {}", done.step));
                let mut event = writer.event(&done.step, &done.by, moment(&done.at), &done.note);
                event.evidence.fields = answers(office, step.fields.iter(), &done.answers);
                event.after = std::mem::replace(&mut after, vec![event.id]);
                writer.write(&done.by, event.at, &Edit::new().event(&event));
            }
        } else if let Some(list) = set.checklist(&of.into()) {
            let stops = self.stops();
            let mut first = first.put("playbook", of).put("version", list.version.to_string());
            if !stops.is_empty() {
                first = first.put("stops", Round::encode_stops(&stops));
            }
            begun(writer, &first);
            self.walk(list, &stops, writer);
        } else {
            let form = set.form(&of.into()).unwrap_or_else(|| panic!("no procedure is called {of}"));
            let mut first = first.put("form", of).put("version", form.version.to_string());
            for (question, value) in answers(office, form.fields.iter(), &self.answers) {
                first = first.put(format!("field/{question}"), value);
            }
            begun(writer, &first);
        }
    }

    fn stops(&self) -> Vec<RoundStop> {
        let stop = |(point, place): &(String, String)| RoundStop {
            point: point.clone(),
            place: PlaceId::new(place.as_str()).unwrap(),
            has_code: true,
            is_located: true,
        };
        self.stops.iter().map(stop).collect()
    }

    /// Every item of a round is in order, but for what is told.
    fn walk(&self, list: &Checklist, stops: &[RoundStop], writer: &mut Writer<'_>) {
        // In walking order: the places follow each other where the first point that has several stands.
        let has_stops = |point: &Point| stops.iter().any(|stop| point.id == stop.point);
        let before = list.points.iter().take_while(|point| !has_stops(point));
        let behind =
            list.points.iter().skip_while(|point| !has_stops(point)).filter(|point| !has_stops(point));
        let at_stop = |stop: &'_ RoundStop| list.points.iter().find(|point| point.id == stop.point).unwrap();
        let visits = before.map(|point| (point, None));
        let visits = visits.chain(stops.iter().map(|stop| (at_stop(stop), Some(stop.place.as_str()))));
        let visits = visits.chain(behind.map(|point| (point, None)));
        for (number, (point, place)) in (1..).zip(visits) {
            let at = Timestamp::from_millis(moment(&self.at).millis() + number * 3 * 60_000);
            for item in &point.items {
                let told = self.found.iter().find(|found| found.is_of(item, place));
                let value = match told {
                    Some(Found { answer: None, .. }) => continue,
                    Some(Found { answer: Some(value), .. }) => answer(writer.office, item, value),
                    None => in_order(item),
                };
                let note = told.map(|found| found.note.as_str()).unwrap_or_default();
                let mut event = writer.event(item.id.as_str(), &self.by, at, note);
                event.evidence.fields.insert(item.id.clone(), value);
                if let Some(place) = place {
                    event.evidence.fields.insert("$at".into(), place.into());
                }
                let edit = Edit::new().put(Round::result_path(&event), event.encode());
                writer.write(&self.by, at, &edit);
            }
        }
    }
}

impl Found {
    fn is_of(&self, item: &FormField, place: Option<&str>) -> bool {
        item.id == self.item.as_str() && self.place.as_deref().is_none_or(|of| Some(of) == place)
    }
}

fn in_order(item: &FormField) -> Value {
    match item.answer {
        AnswerType::Choice | AnswerType::MultiChoice => item.options[0].id.as_str().into(),
        AnswerType::Flag => true.into(),
        AnswerType::Number | AnswerType::Score => 4.into(),
        _ => "正常".into(),
    }
}

/// So many pixels an inch: small files on which nine points are read without effort.
const DPI: f32 = 100.0;

/// Blocks of this many pixels are compared.
const BLOCK: u32 = 12;
/// Pixels of a block that are of quite another grey make it another block: a dot is more, the grain of another processor less.
const PIXELS: usize = 3;
/// Quite another grey.
const GREY: u8 = 96;

/// Where two pictures differ: the corners of blocks. Of another size, everywhere.
fn differences(accepted: &GrayImage, drawn: &GrayImage) -> Vec<(u32, u32)> {
    if accepted.dimensions() != drawn.dimensions() {
        return vec![(0, 0)];
    }
    let mut counted: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for (x, y, pixel) in drawn.enumerate_pixels() {
        if pixel[0].abs_diff(accepted.get_pixel(x, y)[0]) > GREY {
            *counted.entry((x / BLOCK * BLOCK, y / BLOCK * BLOCK)).or_default() += 1;
        }
    }
    counted.into_iter().filter(|(_, count)| *count >= PIXELS).map(|(corner, _)| corner).collect()
}

/// What was accepted in red, what is drawn now in blue, what is the same in black.
fn both(accepted: &GrayImage, drawn: &GrayImage) -> RgbImage {
    let (width, height) = (accepted.width().max(drawn.width()), accepted.height().max(drawn.height()));
    let at = |picture: &GrayImage, x, y| picture.get_pixel_checked(x, y).map_or(255, |pixel| pixel[0]);
    RgbImage::from_fn(width, height, |x, y| {
        let (before, now) = (at(accepted, x, y), at(drawn, x, y));
        Rgb([now, before.max(now), before])
    })
}

/// What no printer prints on at the foot of a page, in millimetres. The number of the page stands below the slip's own margin.
const FOOT: u16 = 3;

/// Where ink stands in the border of a page that stays free: the first few places.
fn outside(page: &GrayImage, margin: u16) -> Vec<(u32, u32)> {
    let pixels = |millimetres: u16| (f32::from(millimetres) / 25.4 * DPI) as u32 - 1;
    let (border, foot) = (pixels(margin), pixels(FOOT));
    let (right, bottom) = (page.width() - border, page.height() - foot);
    let cut = page.enumerate_pixels().filter(|(x, y, pixel)| {
        pixel[0] < 128 && (*x < border || *y < border || *x >= right || *y >= bottom)
    });
    cut.map(|(x, y, _)| (x, y)).take(3).collect()
}

/// As small a file as can be.
fn save(picture: &GrayImage, file: &Path) {
    let to = fs::File::create(file).unwrap();
    let to = PngEncoder::new_with_quality(to, CompressionType::Best, FilterType::NoFilter);
    picture.write_with_encoder(to).unwrap();
}

fn is_blessing() -> bool {
    env::var("BLESS").is_ok_and(|bless| bless == "1")
}

/// The font they are drawn with: the same on every machine.
fn font() -> PathBuf {
    folder().join("../fonts/NotoSansCJKsc-slips.otf")
}

/// A slip with the name of its picture.
fn filled(office: &OfficeTables) -> Vec<(String, FilledSlip)> {
    let mut slips = Vec::new();
    for (name, told) in all() {
        slips.push((name.clone(), told.filled(office, &name, Language::Zh)));
        if told.english {
            slips.push((format!("{name}-en"), told.filled(office, &name, Language::En)));
        }
    }
    slips
}

fn drawn_pages(slip: &FilledSlip) -> Vec<Page> {
    let pdf = draw(slip, &Font::read(&font()).unwrap()).unwrap();
    pdf_reader::pages(&pdf, DPI)
}

#[test]
fn every_slip_looks_as_it_did_when_it_was_looked_at() {
    let left = Path::new(env!("CARGO_TARGET_TMPDIR")).join("slips");
    let _ = fs::remove_dir_all(&left);
    fs::create_dir_all(&left).unwrap();
    let (mut wrong, mut names) = (Vec::new(), BTreeSet::new());
    for (slip_name, slip) in filled(&office()) {
        let pages = drawn_pages(&slip);
        let copied: String =
            pages.iter().flat_map(|page| &page.text).flat_map(|line| line.split(' ')).collect();
        for words in [&slip.company, &slip.title, &slip.number] {
            let whole = copied.contains(&words.replace(' ', ""));
            assert!(whole, "{slip_name}: {words} cannot be copied out of the file: {copied}");
        }
        for (number, page) in (1..).zip(&pages) {
            let one = pages.len() == 1;
            let name = if one { format!("{slip_name}.png") } else { format!("{slip_name}-{number}.png") };
            let cut = outside(&page.picture, slip.size.margin());
            if !cut.is_empty() {
                wrong.push(format!("{name}: something stands in the border, at {cut:?}"));
            }
            let accepted = folder().join(&name);
            let before = image::open(&accepted).map(|picture| picture.into_luma8()).unwrap_or_default();
            let differs = differences(&before, &page.picture);
            if !differs.is_empty() && is_blessing() {
                save(&page.picture, &accepted);
            } else if !differs.is_empty() {
                page.picture.save(left.join(&name)).unwrap();
                both(&before, &page.picture).save(left.join(format!("difference-{name}"))).unwrap();
                wrong.push(format!("{name} is another picture, first at {:?}", differs[0]));
            }
            names.insert(name);
        }
    }
    for file in fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".png") && !names.contains(&name) {
            if is_blessing() {
                fs::remove_file(file).unwrap();
            } else {
                wrong.push(format!("{name} is a picture of no slip"));
            }
        }
    }
    let left = left.display();
    assert!(wrong.is_empty(), "{}\nLook into {left}; BLESS=1 accepts what is drawn now.", wrong.join("\n"));
}

#[test]
fn every_template_of_this_build_has_its_picture() {
    let drawn: BTreeSet<String> = all().into_iter().map(|(_, told)| told.paper).collect();
    let set = Playbooks::embedded().unwrap();
    let lacks: Vec<&str> = set.papers().map(|paper| &*paper.id).filter(|id| !drawn.contains(*id)).collect();
    assert!(
        lacks.is_empty(),
        "nobody looked at {lacks:?}: add what it is filled from to {}",
        folder().display()
    );
}

/// Else an empty box would be accepted as it looks.
#[test]
fn the_font_of_the_pictures_has_every_letter_of_them() {
    let font = fs::read(font()).unwrap();
    let face = ttf_parser::Face::parse(&font, 0).unwrap();
    let mut lacks = BTreeSet::new();
    for (_, slip) in filled(&office()) {
        let letters = format!("{}{}{}{:?}", slip.company, slip.title, slip.page_line(1, 2), slip.parts);
        lacks.extend(letters.chars().filter(|letter| face.glyph_index(*letter).is_none()));
    }
    assert!(lacks.is_empty(), "tests/fixtures/fonts/README.md says how to take in {lacks:?}");
}

#[test]
fn a_letter_that_is_another_one_makes_another_picture() {
    let (_, told) = all().into_iter().find(|(name, _)| name == "entry-pass").unwrap();
    let slip = told.filled(&office(), "entry-pass", Language::Zh);
    let mut other = slip.clone();
    let SlipPart::Table(rows) = &mut other.parts[0] else { panic!("{:?}", other.parts) };
    assert_eq!(rows[1].1, "秦建华");
    rows[1].1 = "秦建年".to_owned();
    let [slip, other] = [slip, other].map(|slip| drawn_pages(&slip).remove(0).picture);
    assert_eq!(differences(&slip, &slip), []);
    assert!(!differences(&slip, &other).is_empty());
}
