//! People's names: one key for every spelling, what looks like a name, and who stands in a cell of names and numbers.

use std::collections::HashMap;
use std::sync::LazyLock;

use butler_core::model::phone::{self, halfwidth};

/// Surnames of one character, by how many bear them; what is no surname is no name on its own.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔汤尚温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尹路涂柏司柯阮纪舒屈项祁毕单裴霍苗管苑梅盛童古游闫骆辛凌费景冉卓靳凤戎蒲苟季车穆解窦牟卜芦丛巩佟隋卫楚符桂褚栾迟房连初候娄黄商谷边阳占苍艾胥华鲍喻宗宣诸贝臧伏谈茅米狄席麻强危郁杭洪汲松井富乌焦巴弓隗山宓蓬班仰秋仲伊宫仇祖刘束幸韶郜蓟薄印宿怀从鄂索咸赖蔺屠蒙池阴胥苍双闻莘党翟贡劳逄姬扶堵冉宰郦雍璩桑濮寿通扈燕冀浦农别晏柴瞿充慕连茹习宦鱼容向暴居衡步弘寇广禄阙东沃蔚越夔隆师厍晁勾敖融冷訾辛阚那简饶曾沙乜养鞠须丰巢蒯相查后荆红游竺权逯盖益桓付代肖闵邬解卞雲沐敬揭占亓原冼帅仝苑门";
/// Those of two.
const COMPOUND: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "皇甫", "司徒", "东方", "独孤", "慕容", "令狐", "夏侯", "尉迟", "公孙",
    "长孙", "宇文", "端木", "轩辕", "南宫", "西门", "百里", "呼延", "闻人", "申屠", "太史", "赫连", "澹台",
];
/// How somebody is called behind a surname.
const STYLES: &[&str] = &["先生", "女士", "小姐", "太太", "师傅", "阿姨", "经理", "老师"];
/// Words of registers that begin like a name.
const NO_NAMES: &[&str] = &[
    "毛坯", "毛胚", "别墅", "车位", "车库", "商铺", "单位", "单身", "方便", "高层", "安装", "常住", "常年",
    "关注", "关闭", "金额", "路口", "米色", "白色", "黑色", "黄色", "红色", "蓝色", "银色", "房屋", "房产",
    "房号", "房间", "房型", "单元", "楼栋", "电话", "时间", "居住", "温馨", "万元", "花园", "家庭", "和谐",
    "通过", "水表", "电表", "管家", "项目", "祖孙", "江景", "海景", "湖景", "谈判", "成交", "易拉", "干净",
    "封闭", "贵宾", "贝壳",
];
/// Traditional characters of names, each before its simplified form.
const TRADITIONAL: &str = "張张陳陈劉刘趙赵吳吴孫孙馬马羅罗鄭郑謝谢許许韓韩馮冯鄧邓蕭萧葉叶蔣蒋蘇苏魏魏呂吕盧卢傅傅鍾钟鐘钟譚谭陸陆賈贾韋韦鄒邹閻阎龍龙賀贺顧顾龔龚萬万錢钱嚴严湯汤齊齐喬乔龐庞顏颜莊庄聶聂魯鲁單单歐欧關关蘭兰寧宁塗涂紀纪項项畢毕閆闫駱骆費费鳳凤車车竇窦蘆芦叢丛鞏巩衛卫欒栾遲迟連连婁娄陽阳華华應应諸诸貝贝談谈鄔邬賴赖藺蔺勞劳東东師师豐丰蓋盖門门國国華华偉伟麗丽傑杰強强軍军紅红玉玉蘭兰鳳凤雲云芳芳慶庆榮荣興兴業业達达寶宝義义禮礼誠诚順顺樂乐學学書书畫画詩诗語语詠咏談谈論论銘铭鑫鑫銳锐鋒锋鋼钢鐵铁錦锦鎮镇鑒鉴鋆鋆漢汉濤涛潔洁淵渊滿满潤润瀾澜濱滨燦灿煒炜燁烨煥焕瑩莹瓊琼瑤瑶環环珍珍瑪玛愛爱憲宪憐怜懷怀怡怡恆恒慧慧應应輝辉輔辅軒轩運运遠远進进達达選选邁迈還还齡龄鵬鹏鴻鸿鶴鹤鷹鹰鳴鸣鴛鸳鸞鸾麒麒龜龟黃黄點点黨党爾尔爭争貴贵賢贤賓宾賜赐賽赛贊赞財财貞贞負负質质黨党壽寿夢梦姍姗婭娅媽妈嬋婵嬌娇嫻娴孃娘寬宽實实審审寫写專专尋寻對对導导將将嵐岚嶺岭峯峰崢峥嶸嵘巖岩幹干廣广廬庐庫库開开閎闳閣阁關关陰阴隱隐際际隨随險险雙双雞鸡難难靈灵靜静韻韵響响頌颂預预頓顿領领頤颐題题額额願愿類类風风飛飞養养館馆駿骏騰腾騏骐驊骅驍骁驥骥驚惊魚鱼鮑鲍鯤鲲鯨鲸鵑鹃鶯莺麥麦齋斋剛刚創创勝胜勳勋勵励動动務务勁劲區区協协厲厉參参員员問问啟启喚唤嘯啸團团園园圓圆圖图坤坤堅坚執执報报場场塵尘壯壮聲声處处備备傳传儀仪億亿優优儒儒倫伦個个倉仓俠侠倆俩來来侖仑係系冊册凱凯劍剑戰战戲戏戶户擇择擁拥據据攜携數数斌斌斕斓晉晋時时暉晖曉晓曄晔曆历會会朧胧術术東东樸朴條条棟栋業业極极楊杨楓枫榮荣構构樹树橋桥機机權权歡欢歲岁歷历氣气決决沖冲況况淨净漁渔瀟潇灣湾為为無无煙烟營营狀状獨独獻献現现理理畝亩發发監监盤盘眾众矯矫碩硕禎祯禕祎種种稱称積积穎颖穩稳窮穷競竞筆笔節节範范築筑簡简簫箫籃篮紀纪約约紋纹納纳純纯紗纱紫紫細细紹绍終终組组結结絢绚給给絡络統统絲丝經经綠绿維维綱纲網网綺绮綿绵緊紧緒绪線线緣缘編编練练緯纬縣县績绩總总織织繪绘繡绣繼继續续纓缨纖纤羣群習习聖圣聞闻聯联聰聪職职肅肃脈脉與与舉举藝艺藍蓝藥药蓮莲薈荟蔭荫蕓芸蕊蕊薩萨藹蔼蘊蕴蘋苹虹虹號号蟬蝉螢萤衆众補补裝装製制見见規规視视親亲覺觉覽览觀观訊讯訓训記记訪访設设詠咏評评詞词試试話话詳详誌志認认語语誠诚說说誰谁課课調调請请諒谅諧谐謀谋謙谦講讲證证譽誉議议護护讀读變变讓让購购趕赶跡迹躍跃車车軟软軸轴載载輕轻輪轮輯辑輸输轉转辦办農农這这過过違违遙遥鄉乡鄰邻醫医釋释針针釗钊鈞钧鈴铃鈺钰鈿钿鉅巨銀银銅铜鋁铝鋪铺錄录鍵键鏡镜鑄铸鑰钥長长閃闪閉闭間间閱阅闊阔陣阵階阶隊队離离電电霧雾頁页頂顶須须顯显飄飘飯饭飲饮餘余駐驻駕驾驗验髮发鬆松鬥斗魯鲁鮮鲜麵面";

/// Words beside a name or a number that name nobody, each with the role it tells, if any.
const WORDS: &[(&str, Option<&str>)] = &[
    ("租户", Some("tenant")),
    ("租客", Some("tenant")),
    ("承租人", Some("tenant")),
    ("业主", Some("owner")),
    ("产权人", Some("owner")),
    ("房主", Some("owner")),
    ("户主", Some("owner")),
    ("家属", Some("family")),
    ("配偶", Some("family")),
    ("妻子", Some("family")),
    ("老婆", Some("family")),
    ("丈夫", Some("family")),
    ("老公", Some("family")),
    ("儿子", Some("family")),
    ("女儿", Some("family")),
    ("父亲", Some("family")),
    ("母亲", Some("family")),
    ("爸爸", Some("family")),
    ("妈妈", Some("family")),
    ("保姆", Some("housekeeper")),
];

/// One form for every spelling of a name: width, spaces, dots between its parts, traditional characters, case.
#[must_use]
pub fn name_key(name: &str) -> String {
    let dot = |c: char| matches!(c, '·' | '•' | '・' | '‧' | '∙' | '⋅' | '●' | '.' | '。' | '˙' | 'ꞏ' | '-');
    let narrow = halfwidth(name);
    narrow
        .chars()
        .filter(|c| !c.is_whitespace() && !dot(*c))
        .flat_map(char::to_lowercase)
        .map(simplified)
        .collect()
}

/// The simplified form of a character of a name.
fn simplified(c: char) -> char {
    static PAIRS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
        let (from, to) = (TRADITIONAL.chars().step_by(2), TRADITIONAL.chars().skip(1).step_by(2));
        // The first of a character counts.
        from.zip(to).collect::<Vec<_>>().into_iter().rev().collect()
    });
    PAIRS.get(&c).copied().unwrap_or(c)
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3134f}')
}

/// Whether a text is a person's name: two to four characters that begin with a surname, or parts joined by a dot, or a
/// surname and how somebody is called.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let text: String = halfwidth(text).chars().filter(|c| !c.is_whitespace()).map(simplified).collect();
    if !text.chars().any(is_han)
        || WORDS.iter().any(|(word, _)| *word == text)
        || NO_NAMES.contains(&text.as_str())
    {
        return false;
    }
    let parts: Vec<&str> = text.split(['·', '•', '・', '‧', '.']).collect();
    if parts.len() > 1 {
        return parts.iter().all(|part| part.chars().count() >= 2 && part.chars().all(is_han));
    }
    let styled = STYLES.iter().find_map(|style| text.strip_suffix(style));
    let bare = styled.unwrap_or(&text);
    let length = bare.chars().count();
    let compound = COMPOUND.iter().any(|surname| bare.starts_with(surname));
    let surname = bare.chars().next().is_some_and(|first| SURNAMES.contains(first)) || compound;
    let fits = if styled.is_some() {
        (1..=3).contains(&length)
    } else {
        (2..=3).contains(&length) || (compound && length == 4)
    };
    surname && fits && bare.chars().all(is_han)
}

/// Whether a text stands where a name should and says that there is none.
#[must_use]
pub fn is_no_name(text: &str) -> bool {
    let text: String = halfwidth(text).chars().filter(|c| !c.is_whitespace()).collect();
    let says = [
        "无",
        "空",
        "空置",
        "空房",
        "暂无",
        "未知",
        "不详",
        "待定",
        "待售",
        "未售",
        "未填",
        "未入住",
        "n/a",
        "N/A",
        "NA",
        "none",
    ];
    text.is_empty() || says.contains(&text.as_str()) || !text.chars().any(char::is_alphanumeric)
}

/// The names of a cell that holds several: `郑二、王三、冯四`. One name, or a text that is no list of names, stays whole.
#[must_use]
pub fn split_names(text: &str) -> Vec<String> {
    let separators = ['、', '/', ',', '，', ';', '；', '\n', '|', '&', '＆', '+', '＋', '\\'];
    let pieces = |text: &str, space: bool| -> Vec<String> {
        let cut = |c: char| separators.contains(&c) || (space && c.is_whitespace());
        text.split(cut).map(str::trim).filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
    };
    for space in [false, true] {
        let found = pieces(text, space);
        if found.len() > 1 && found.iter().all(|piece| is_name(piece)) {
            return found;
        }
    }
    vec![text.trim().to_owned()]
}

/// Somebody a cell of numbers names, or nobody in particular.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// The name; `None` for the numbers whose person the cell does not name.
    pub name: Option<String>,
    /// What a word beside the name says (`租户`): the code of a role.
    pub role: Option<&'static str>,
    /// The numbers, as typed.
    pub numbers: Vec<String>,
}

/// Who a cell of numbers names, in the order of the cell; `None` where it names nobody, and the numbers alone count.
///
/// `钱多 13800001111 赵敏 13800001112`, `62980001孙里:13800002222`, `13800003333租户郑先生13900003333`,
/// `13800001111(赵敏)`.
#[must_use]
pub fn people_of(cell: &str) -> Option<Vec<Named>> {
    let tokens = tokens(cell);
    let named = |token: &Token| matches!(token, Token::Words { name: Some(_), .. });
    let dialled = |token: &Token| matches!(token, Token::Number(number) if phone::normalise(number).is_ok());
    if !tokens.iter().any(named) || !tokens.iter().any(dialled) {
        return None;
    }
    let mut people = vec![Named::default()];
    // Where the last thing said is a name, names stand behind their numbers.
    let behind = !matches!(tokens.first(), Some(Token::Words { .. }))
        && tokens.last().is_some_and(|last| named(last) && !matches!(last, Token::Words { colon: true, .. }));
    let mut waiting: Vec<String> = Vec::new();
    for token in tokens {
        match token {
            Token::Number(number) if behind => waiting.push(number),
            Token::Number(number) => {
                if let Some(last) = people.last_mut() {
                    last.numbers.push(number);
                }
            }
            Token::Words { name: Some(name), role, bracket, .. } => {
                let mut numbers = std::mem::take(&mut waiting);
                // A name in brackets belongs to the number before it.
                if bracket && !behind {
                    numbers.extend(people.last_mut().and_then(|last| last.numbers.pop()));
                }
                people.push(Named { name: Some(name), role, numbers });
            }
            Token::Words { .. } => {}
        }
    }
    if let Some(last) = people.last_mut() {
        last.numbers.append(&mut waiting);
    }
    people.retain(|person| person.name.is_some() || !person.numbers.is_empty());
    Some(people)
}

enum Token {
    Number(String),
    Words { name: Option<String>, role: Option<&'static str>, bracket: bool, colon: bool },
}

/// A cell of numbers as numbers and the words between them.
fn tokens(cell: &str) -> Vec<Token> {
    let text = halfwidth(cell);
    let mut tokens = Vec::new();
    let (mut run, mut digits, mut open) = (String::new(), false, false);
    let push = |run: &mut String, digits: bool, open: bool, next: char, tokens: &mut Vec<Token>| {
        let piece = std::mem::take(run);
        if digits {
            numbers(&piece, tokens);
        } else if let Some(words) = words(&piece, open, next == ':') {
            tokens.push(words);
        }
    };
    for c in text.chars() {
        let dialled = c.is_ascii_digit() || c == '+' || (digits && matches!(c, '-' | ' ' | '.'));
        let breaks = matches!(c, '(' | '[' | ')' | ']' | '/' | ',' | ';' | ':' | '、' | '\n' | '|' | ' ');
        if dialled != digits || (!digits && breaks) {
            push(&mut run, digits, open, c, &mut tokens);
            digits = dialled;
        }
        match c {
            '(' | '[' => open = true,
            ')' | ']' => open = false,
            _ if breaks && !dialled => {}
            c => run.push(c),
        }
    }
    push(&mut run, digits, open, ' ', &mut tokens);
    tokens
}

/// A run of digits as one number or, set apart by spaces, several.
fn numbers(run: &str, tokens: &mut Vec<Token>) {
    let run = run.trim_matches(|c: char| matches!(c, ' ' | '-' | '.'));
    if run.is_empty() {
        return;
    }
    let typed: Vec<String> = phone::parse(run).into_iter().map(|one| one.typed).collect();
    tokens.extend(typed.into_iter().map(Token::Number));
}

/// Words between numbers: a role, a name, or a remark that is neither.
fn words(run: &str, bracket: bool, colon: bool) -> Option<Token> {
    let text = run.trim();
    if text.is_empty() {
        return None;
    }
    let said = WORDS.iter().find(|(word, _)| text.starts_with(word));
    let rest = said.map_or(text, |(word, _)| text[word.len()..].trim());
    let name = is_name(rest).then(|| rest.to_owned());
    let role = said.and_then(|(_, role)| *role);
    Some(Token::Words { name, role, bracket, colon })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_name_has_one_key() {
        for (one, other) in [
            ("张三", "张　三"),
            ("王 五", "王五"),
            ("阿卜杜拉·买买提", "阿卜杜拉•买买提"),
            ("張偉", "张伟"),
            ("Ｔｏｍ Smith", "tom smith"),
        ] {
            assert_eq!(name_key(one), name_key(other), "{one} {other}");
        }
        assert_ne!(name_key("钱多"), name_key("钱小多"));
    }

    #[test]
    fn names_are_told_from_words() {
        for name in ["钱多", "欧阳娜娜", "阿卜杜拉·买买提", "郑先生", "王 五", "張偉", "赵女士"]
        {
            assert!(is_name(name), "{name}");
        }
        for word in ["租户", "微信同号", "三室两厅", "101", "本人", "妻子", "冯记面馆", "空置", "已入住", ""]
        {
            assert!(!is_name(word), "{word}");
        }
    }

    #[test]
    fn several_names_of_one_cell() {
        for text in ["郑二、王三、冯四", "郑二/王三/冯四", "郑二 王三　冯四", "郑二\n王三\n冯四"]
        {
            assert_eq!(split_names(text), ["郑二", "王三", "冯四"], "{text}");
        }
        for whole in ["王 五", "冯记面馆、药房", "深圳市某某公司", "Tom Smith"] {
            assert_eq!(split_names(whole), [whole], "{whole}");
        }
    }

    #[test]
    fn words_for_nobody_are_no_names() {
        for text in ["无", "空置", "-", "/", "暂无", "未售", "——"] {
            assert!(is_no_name(text), "{text}");
        }
        assert!(!is_no_name("吴") && !is_no_name("冯记面馆"));
    }

    fn told(cell: &str) -> Option<Vec<String>> {
        let line = |person: Named| {
            let name = person.name.as_deref().unwrap_or("-");
            format!("{name} {} {}", person.role.unwrap_or("-"), person.numbers.join("+"))
        };
        people_of(cell).map(|people| people.into_iter().map(line).collect())
    }

    #[test]
    fn each_number_has_its_name() {
        for (cell, people) in [
            ("钱多 13800001111 赵敏 13800001112", &["钱多 - 13800001111", "赵敏 - 13800001112"][..]),
            ("62980001孙里:13800002222", &["- - 62980001", "孙里 - 13800002222"]),
            ("13800003333租户郑先生13900003333", &["- - 13800003333", "郑先生 tenant 13900003333"]),
            ("吴一：13800004444郑二：13900004444", &["吴一 - 13800004444", "郑二 - 13900004444"]),
            ("13800001111(赵敏)", &["赵敏 - 13800001111"]),
            ("13800001111钱多 13800001112赵敏", &["钱多 - 13800001111", "赵敏 - 13800001112"]),
            ("13800001111/妻子赵敏13800001112", &["- - 13800001111", "赵敏 family 13800001112"]),
        ] {
            assert_eq!(told(cell).as_deref(), Some(people.map_owned().as_slice()), "{cell}");
        }
        for plain in
            ["13800001111", "138 0000 1111(微信同号)/0755-26001111", "老公 13800001234", "钱多", "待补"]
        {
            assert_eq!(told(plain), None, "{plain}");
        }
    }

    trait MapOwned {
        fn map_owned(&self) -> Vec<String>;
    }
    impl MapOwned for &[&str] {
        fn map_owned(&self) -> Vec<String> {
            self.iter().map(|text| (*text).to_owned()).collect()
        }
    }
}
