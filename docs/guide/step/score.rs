// One person's credit band from bands and codes: the step of the guide for developers.
//
//	rustc --target wasm32-unknown-unknown --crate-type cdylib -C opt-level=s -C panic=abort -C strip=symbols \
//	  -C link-arg=-zstack-size=4096 -C target-cpu=mvp score.rs -o score.wasm
//
// Inputs, in the order of the SELECT: the state of repayment in September and in August (-2 paid early … 2 two months late
// or more), and the education code (0 to 6). Every input is one i64; NULL is i64::MIN. The output is the place in the list
// of values of STEP: 0 for 'A', 1 for 'B', 2 for 'C'.
#![no_std]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable() // whoever meets it is given the default
}

/// Points for a month, from paid early to two months late or more.
static POINTS: [i64; 5] = [3, 3, 2, 0, -4];

fn points(state: i64) -> i64 {
    POINTS.get((state + 2) as usize).copied().unwrap_or(-4)
}

#[unsafe(no_mangle)]
pub extern "C" fn band(september: i64, august: i64, education: i64) -> i64 {
    let mut score = 2 * points(september) + points(august);
    if education == 1 {
        score += 1;
    }
    match score {
        8.. => 0,
        3..8 => 1,
        _ => 2,
    }
}
