// Package workday counts legal days the way Chinese offices do (工作日): Monday to Friday, except the
// public holidays (节假日) and plus the make-up working days (调休上班) that the State Council announces
// each autumn for the next year.
//
// The calendar is data: one file per year, which names the notice it comes from. The day a period
// starts from is not counted (民法典第二百零一条: 按照年、月、日计算期间的，开始的当日不计入). A year whose
// notice has not been published is counted Monday to Friday and every result that touches it is
// Provisional (暂定): it may move when the calendar arrives.
//
// Days are Date, never time.Time: a legal day begins at midnight in Asia/Shanghai wherever the machine
// stands. The package knows no law: how many days, from which event and what pauses them is a regime's.
package workday
