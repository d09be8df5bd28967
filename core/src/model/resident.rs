//! A person of a household 住户.

use chrono::NaiveDate;

use super::date::{Birthday, PartialDate};
use super::{ListedWord, RecordId, derived, typed};

typed::kind! {
    /// A person of a household 住户. Everything here is personal.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    Resident / ResidentEdit

    /// A person in a list.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    row ResidentRow {
        home: RecordId, ORIGIN, "房屋", "home";
        name: String, IDENTITY, "姓名", "name";
        role: ListedWord, IDENTITY, "身份", "role", terms("resident_role");
        key_person: bool, CARE, "核心人物", "key person";
        confidential: bool, IDENTITY, "信息保密", "asked for confidentiality";
    }
    with {
        /// Telephones with a number, in the order of their ids.
        phones: Vec<Phone> = "phone/*";
    }

    fields {
        relation: String, IDENTITY, "与业主关系", "relation to the owner";
        lives_here: bool, IDENTITY, "是否同住", "lives here";
        since: PartialDate, IDENTITY, "入住日期", "here since";
        until: PartialDate, IDENTITY, "搬离日期", "here until";
        birthday: Birthday, IDENTITY, "生日", "birthday";
        birthday_lunar: bool, IDENTITY, "农历生日", "birthday by the lunar calendar";
        wechat_linked: bool, REACH, "已加微信", "WeChat linked";
        app_linked: bool, REACH, "已绑定住这儿", "resident app linked";
        preferred_time: ListedWord, REACH, "方便时间", "preferred time", terms("time_of_day");
        avoid_time: ListedWord, REACH, "勿扰时间", "time to avoid", terms("time_of_day");
        preferred_channel: ListedWord, REACH, "首选渠道", "preferred channel", terms("channel");
        visit_hint: String, REACH, "上门须知", "what to mind when visiting";
        hobbies: String, PROFILE, "爱好", "hobbies";
        personality: String, PROFILE, "性格", "personality";
        consumption: String, PROFILE, "消费习惯", "consumption habits";
        occupation: String, PROFILE, "职业", "occupation";
        segment: ListedWord, PROFILE, "客户细分", "segment", terms("segment");
        stage: ListedWord, PROFILE, "客户阶段", "lifecycle stage", terms("stage");
        key_person_why: String, CARE, "核心人物说明", "why a key person";
        consent_data: bool, CONSENT, "同意信息登记", "agreed to be on file";
        consent_photo: bool, CONSENT, "同意拍照", "agreed to photos";
        consent_offers: bool, CONSENT, "同意接收推荐", "agreed to offers";
        consent_on: NaiveDate, CONSENT, "同意日期", "agreed on";
        no_calls: bool, CONSENT, "请勿致电", "asked not to be called";
        no_visits: bool, CONSENT, "请勿上门", "asked not to be visited";
        remark: String, IDENTITY, "登记备注", "remark of the register";
    }

    /// A phone number of a resident.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    set phones: Phone / PhoneEdit = "phone", REACH, "电话", "phone" {
        number: String as Phone, "电话号码", "number";
        label: String, "号码说明", "whose or which";
        verified: NaiveDate, "最近核实", "last verified";
        failed: NaiveDate, "最近未接通", "last failed to reach";
        wechat: bool, "微信同号", "is also the WeChat account";
    }

    /// A pet.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    set pets: Pet / PetEdit = "pet", PROFILE, "宠物", "pet" {
        species: String, "宠物种类", "species";
        count: i64, "数量", "how many";
        name: String, "宠物名", "name";
        licence: String, "犬证号", "licence";
    }

    /// A vehicle and where it is parked.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    set vehicles: Vehicle / VehicleEdit = "vehicle", PARKING, "车辆", "vehicle" {
        plate: String, "车牌号", "plate";
        model: String, "车型", "model";
        colour: String, "颜色", "colour";
        space: String, "停放车位", "parking space";
    }

    /// A mobility or care need.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
    set care: Care / CareEdit = "care", CARE, "关怀需求", "care need" {
        need: ListedWord, "需求类别", "what kind", terms("need");
        detail: String, "需求说明", "detail";
    }
}

/// What somebody is called in lists who asked for confidentiality: whoever looks over a butler's shoulder does not learn that they
/// live there. The record itself says the name.
pub const CONFIDENTIAL: &str = "保密住户";

impl Resident {
    /// What they are called where somebody may look over one's shoulder.
    #[must_use]
    pub fn called(self) -> String {
        called(self.confidential, self.name)
    }
}

impl ResidentRow {
    /// What they are called where somebody may look over one's shoulder.
    #[must_use]
    pub fn called(self) -> String {
        called(self.confidential, self.name)
    }
}

fn called(confidential: Option<bool>, name: Option<String>) -> String {
    match (confidential, name) {
        (Some(true), Some(_)) => CONFIDENTIAL.to_owned(),
        (_, name) => name.unwrap_or_default(),
    }
}

/// The identity an import gives a new person: follows from the home and who was registered there first, so that
/// the same register imported twice, or at two offices, means the same person. Matching an existing resident
/// comes before it.
#[must_use]
pub fn resident_id(home: RecordId, name: &str, phone: &str) -> RecordId {
    derived::record(&["resident", &home.to_string(), name, phone])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::choice::{Need, ResidentRole};
    use super::super::typed::tests::record;
    use super::super::{Edit, Kind, PartId};
    use super::*;

    #[test]
    fn a_household_member_with_phone_pet_and_care_need_is_read_back() {
        let part = PartId([7; 16]);
        let phone = PhoneEdit { number: "19900002960".into(), wechat: true.into(), ..PhoneEdit::default() };
        let pet = PetEdit { species: "猫".into(), count: 2.into(), ..PetEdit::default() };
        let care = CareEdit { need: Need::MOBILITY.into(), ..CareEdit::default() };
        let edit = ResidentEdit {
            name: "魏怡".into(),
            role: ResidentRole::OWNER.into(),
            birthday: "--03-09".parse::<Birthday>().unwrap().into(),
            phones: BTreeMap::from([(part, phone.into())]),
            pets: BTreeMap::from([(part, pet.into())]),
            care: BTreeMap::from([(part, care.into())]),
            ..ResidentEdit::default()
        };
        let person = Resident::read(&record(Kind::Resident, [Edit::from(edit)]));
        let owner = Some(ResidentRole::OWNER.into());
        assert_eq!((person.name.as_deref(), person.role), (Some("魏怡"), owner));
        assert_eq!(person.phones[0].number.as_deref(), Some("19900002960"));
        assert_eq!(person.phones[0].wechat, Some(true));
        assert_eq!(person.pets[0].count, Some(2));
        assert_eq!(person.care[0].need, Some(Need::MOBILITY.into()));
    }
}
