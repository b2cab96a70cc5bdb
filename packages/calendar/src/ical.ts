import type { MarketPhase } from './calendar.ts'

/** Phases as an iCalendar file (RFC 5545), one event each; the same phases give the same text. */
export function icalendar(phases: readonly MarketPhase[]): string {
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//tickhouse//trading calendar//EN', ...phases.flatMap(event), 'END:VCALENDAR']
  return `${lines.join('\r\n')}\r\n`
}

function event({ venue, phase, fromUs, toUs, isCertain }: MarketPhase): string[] {
  const from = stamp(fromUs)
  return [
    'BEGIN:VEVENT',
    `UID:${from}-${venue}-${phase}@tickhouse`,
    `DTSTAMP:${from}`,
    `DTSTART:${from}`,
    `DTEND:${stamp(toUs)}`,
    `SUMMARY:${venue} ${phase.replaceAll('_', ' ')}${isCertain ? '' : ' (hours not published)'}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]
}

function stamp(us: number): string {
  return `${new Date(us / 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}
