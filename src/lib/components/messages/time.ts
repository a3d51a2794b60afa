export const timeTexts = {
  now: 'now',
  minutes: (n: number) => `${String(n)}m`,
  hours: (n: number) => `${String(n)}h`,
  secondsLong: (n: number) => `${String(n)} s`,
  minutesLong: (m: number, s: number) => `${String(m)} m ${String(s).padStart(2, '0')} s`,
  hoursLong: (h: number, m: number) => `${String(h)} h ${String(m).padStart(2, '0')} m`,
  asOf: (time: string) => `as of ${time}`,
};
