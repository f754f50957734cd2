//! `setara appointment`: the desk of a place: who is expected, who came, and what staff call off.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use crate::{
    cli::{number, on_store, staff, told},
    config::Config,
    front::appointment::{Appointments, Days},
    http::{AppointmentShown, AppointmentWhole},
    service::{audit::StaffName, facility::FacilityCode, number::Number},
};

/// What can be done with appointments.
#[derive(Debug, Subcommand)]
pub enum AppointmentCommand {
    /// Check in whoever came with a ticket, which is good once
    Checkin(CheckinArgs),
    /// Call the appointment of a ticket off: its seat is free, and its person is told
    Cancel(TicketArgs),
    /// Show the appointment of a ticket, and whom it is for; that it was read is logged
    Show(TicketArgs),
    /// List who is expected at a place on a day, and who came
    List(ListArgs),
}

/// A ticket, and who does something with it.
#[derive(Debug, Args)]
pub struct TicketArgs {
    /// Its number
    #[arg(value_parser = number)]
    pub number: Number,
    /// Who does it: small letters, digits, dots and dashes
    #[arg(long, value_parser = staff)]
    pub staff: StaffName,
}

/// Arguments of `appointment checkin`.
#[derive(Debug, Args)]
pub struct CheckinArgs {
    /// Which, and who
    #[command(flatten)]
    pub ticket: TicketArgs,
    /// Also on another day than that of the ticket
    #[arg(long)]
    pub any_day: bool,
}

/// Arguments of `appointment list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// YYYY-MM-DD
    pub day: Date,
    /// The code of the place
    #[arg(value_parser = facility)]
    pub facility: FacilityCode,
    /// For machines
    #[arg(long)]
    pub json: bool,
}

fn facility(text: &str) -> Result<FacilityCode, String> {
    FacilityCode::parse(text).map_err(told)
}

/// Runs `setara appointment`.
pub fn run(command: AppointmentCommand, config: &Config) -> Result<ExitCode, String> {
    on_store(config, async |store, _| {
        obey(command, &Appointments::new(store)).await.map(|()| ExitCode::SUCCESS)
    })
}

async fn obey(command: AppointmentCommand, appointments: &Appointments) -> Result<(), String> {
    match command {
        AppointmentCommand::Checkin(CheckinArgs { ticket, any_day }) => {
            let days = if any_day { Days::Any } else { Days::Own };
            let TicketArgs { number, staff } = ticket;
            let line = appointments.check_in(&number, &staff, days).await.map_err(told)?;
            eprintln!("{number} is {}", line.state.as_str());
        }
        AppointmentCommand::Cancel(TicketArgs { number, staff }) => {
            let line = appointments.cancel(&number, &staff).await.map_err(told)?;
            eprintln!("{number} is {}", line.state.as_str());
        }
        AppointmentCommand::Show(TicketArgs { number, staff }) => {
            let expected = appointments.show(&number, &staff).await.map_err(told)?;
            let shown = serde_json::to_string_pretty(&AppointmentWhole::of(&expected));
            println!("{}", shown.map_err(told)?);
        }
        AppointmentCommand::List(args) => list(&args, appointments).await?,
    }
    Ok(())
}

async fn list(args: &ListArgs, appointments: &Appointments) -> Result<(), String> {
    let lines = appointments.list(&args.facility, args.day).await.map_err(told)?;
    if args.json {
        let lines: Vec<_> = lines.iter().map(AppointmentShown::of).collect();
        println!("{}", serde_json::to_string(&lines).map_err(told)?);
        return Ok(());
    }
    println!("{:<13} {:<6} {:>4} {:>5} {:<9} staff", "ticket", "time", "seat", "dose", "state");
    for line in lines {
        println!(
            "{:<13} {:<6} {:>4} {:>5} {:<9} {}",
            line.number.to_string(),
            line.seat.start.local(line.zone).strftime("%H:%M").to_string(),
            line.seat.seat,
            line.dose,
            line.state.as_str(),
            line.staff.as_deref().unwrap_or("-"),
        );
    }
    Ok(())
}
