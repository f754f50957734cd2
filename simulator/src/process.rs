//! What a process has had of the machine, as the kernel tells it; nothing where it does not.

use std::{fs, time::Duration};

/// The memory that a process holds, in MB: `VmRSS` of `proc_pid_status(5)`.
pub fn resident_mb(pid: u32) -> f64 {
    memory_mb(pid, "VmRSS:")
}

/// The most memory that a process ever held, in MB: `VmHWM` of `proc_pid_status(5)`.
pub fn peak_mb(pid: u32) -> f64 {
    memory_mb(pid, "VmHWM:")
}

fn memory_mb(pid: u32, what: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1024.0
}

/// The time that all threads of a process have computed so far: `utime` and `stime` of `proc_pid_stat(5)`.
pub fn cpu(pid: u32) -> Option<Duration> {
    /// Linux counts in hundredths of a second here, whatever its clock (`USER_HZ`).
    const TICK: Duration = Duration::from_millis(10);
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets, and may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    Some(TICK * (ticks()? + ticks()?))
}
