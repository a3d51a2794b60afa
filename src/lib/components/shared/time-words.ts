import { timeTexts } from '#lib/components/messages/time.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayMonthYear = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** "14:02" */
export const clockTime = (at: number): string => clock.format(at);

/** For lists: "now", "2m", "3h" within a day, then "Tue", then "12 May". */
export function relativeTime(at: number, now: number): string {
  const age = now - at;
  if (age < minute) return timeTexts.now;
  if (age < hour) return timeTexts.minutes(Math.floor(age / minute));
  if (age < day) return timeTexts.hours(Math.floor(age / hour));
  if (age < 6 * day) return weekday.format(at);
  return sameYear(at, now) ? dayAndMonth.format(at) : dayMonthYear.format(at);
}

/** For detail: the time today, with the day when it was another. */
export function absoluteTime(at: number, now: number): string {
  if (sameDay(at, now)) return clock.format(at);
  return `${sameYear(at, now) ? dayAndMonth.format(at) : dayMonthYear.format(at)}, ${clock.format(at)}`;
}

export const fullTime = (at: number): string => full.format(at);

/** "12 s", "2 m 10 s", "1 h 05 m" */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return timeTexts.secondsLong(seconds);
  if (seconds < 3600) return timeTexts.minutesLong(Math.floor(seconds / 60), seconds % 60);
  return timeTexts.hoursLong(Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
}

const sameDay = (a: number, b: number): boolean =>
  new Date(a).toDateString() === new Date(b).toDateString();
const sameYear = (a: number, b: number): boolean =>
  new Date(a).getFullYear() === new Date(b).getFullYear();
