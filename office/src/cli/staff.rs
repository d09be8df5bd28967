//! `staff`: people who work here.

use std::io::Write;

use butler_core::host::Host;
use butler_core::model::directory::Staff;
use butler_core::model::{RoleId, StaffId};

use super::CliError;
use crate::hub::{Hub, OfficeError};
use crate::storage::{Sqlite, Storage};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// Add somebody 新增
    Add {
        /// Id, such as `zhang.li`
        id: StaffId,
        /// Name as colleagues see it
        #[arg(long)]
        name: String,
        /// Roles held, from the roles playbook
        #[arg(long = "role", required = true)]
        roles: Vec<RoleId>,
        /// The number colleagues call, such as 13800001234 电话
        #[arg(long)]
        phone: Option<String>,
    },
    /// Give somebody the number colleagues call 电话
    Phone {
        /// Who, by the id of `staff list`
        id: StaffId,
        /// The number; '' takes it away
        #[arg(long)]
        phone: String,
    },
    /// Everybody, those who left included 列出
    List,
    /// Somebody left: assignments end, devices are revoked, the number is forgotten, the name stays in the history 离职
    Leave {
        /// Who, by the id of `staff list`
        id: StaffId,
    },
    /// Somebody who left comes back: with the roles held before, or those given. Assign grids and enrol the phone anew:
    /// the old devices stay revoked 复职
    Rehire {
        /// Who, by the id of `staff list`
        id: StaffId,
        /// Roles held from now on; left out, those of before
        #[arg(long = "role")]
        roles: Vec<RoleId>,
    },
    /// Give or take a role 岗位
    Role {
        /// Who, by the id of `staff list`
        id: StaffId,
        /// Which role, such as `butler`
        role: RoleId,
        /// Take it instead; assignments in it end
        #[arg(long)]
        remove: bool,
    },
}

pub(super) fn run(
    hub: &Hub<Sqlite>,
    host: &dyn Host,
    verb: Verb,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    match verb {
        Verb::Add { id, name, roles, phone } => {
            hub.change_tables(host, "staff add", |tables| {
                match tables.staff.get(&id) {
                    Some(known) if known.left => return Err(OfficeError::StaffLeft(id.clone())),
                    Some(_) => return Err(OfficeError::Exists(id.to_string())),
                    None => {}
                }
                tables.staff.insert(id.clone(), Staff { id: id.clone(), name, roles, left: false, phone });
                Ok(())
            })?;
            writeln!(out, "已添加 {id} · added")?;
        }
        Verb::Phone { id, phone } => {
            hub.change_tables(host, "staff phone", |tables| {
                let staff = tables.staff.get_mut(&id).ok_or_else(|| OfficeError::UnknownStaff(id.clone()))?;
                if staff.left {
                    return Err(OfficeError::StaffLeft(id.clone()));
                }
                staff.phone = Some(phone);
                Ok(())
            })?;
            writeln!(out, "已更新 {id} · updated")?;
        }
        Verb::List => {
            let tables = hub.storage().read(|read| hub.in_force(read))?;
            for staff in tables.staff.values() {
                let roles: Vec<&str> = staff.roles.iter().map(RoleId::as_str).collect();
                let left = if staff.left { "  已离职 left" } else { "" };
                let phone = staff.phone.as_ref().map(|phone| format!("  {phone}")).unwrap_or_default();
                writeln!(out, "{}  {}  {}{phone}{left}", staff.id, staff.name, roles.join(" "))?;
            }
        }
        Verb::Leave { id } => {
            let devices = hub.storage().read(|read| read.devices())?;
            for device in devices.into_iter().filter(|device| device.staff == id && device.revoked.is_none())
            {
                hub.revoke(host, device.id)?;
            }
            hub.change_tables(host, "staff leave", |tables| {
                let staff = tables.staff.get_mut(&id).ok_or_else(|| OfficeError::UnknownStaff(id.clone()))?;
                staff.left = true;
                staff.phone = None;
                tables.assignments.retain(|assignment| assignment.staff != id);
                Ok(())
            })?;
            writeln!(out, "{id} 已离职，设备已吊销 · left; devices revoked")?;
        }
        Verb::Rehire { id, roles } => {
            hub.change_tables(host, "staff rehire", |tables| {
                let staff = tables.staff.get_mut(&id).ok_or_else(|| OfficeError::UnknownStaff(id.clone()))?;
                if !staff.left {
                    return Err(OfficeError::StaffHere(id.clone()));
                }
                staff.left = false;
                if !roles.is_empty() {
                    staff.roles = roles;
                }
                Ok(())
            })?;
            writeln!(
                out,
                "{id} 已复职；请用 grid assign 分派网格，并重新登记手机 · back; now `grid assign`, and enrol the phone anew"
            )?;
        }
        Verb::Role { id, role, remove } => {
            hub.change_tables(host, "staff role", |tables| {
                let staff = tables.staff.get_mut(&id).ok_or_else(|| OfficeError::UnknownStaff(id.clone()))?;
                staff.roles.retain(|held| *held != role);
                if remove {
                    tables.assignments.retain(|a| a.staff != id || a.role != role);
                } else {
                    staff.roles.push(role.clone());
                }
                Ok(())
            })?;
            writeln!(out, "已更新 {id} · updated")?;
        }
    }
    Ok(())
}
