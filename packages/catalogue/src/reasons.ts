/** Why records may be missing: the codes of `feed_gap.reason`. */
export const gapReasons = {
  disconnected: 'the connection with the venue ended',
  silent: 'nothing came from the venue for KIWOOM_SILENCE, not even a PING',
  heartbeat_missed: 'the venue ended the session, because the echo of its PING came too late (R10002)',
  session_taken: 'another program logged in with the same app key (R10001)',
  login_missing: 'the venue ended the session, because no login arrived (R10004)',
  frame_too_large: 'the connection was given up at a message that is too large',
  renewed: 'the session was as long as one may be, and another one followed',
  stopped: 'the collector was told to stop',
  crashed: 'the collector ended without closing its session',
  clock_wrong: "the clock of the collector's machine was wrong: the times of this stretch are, or no session could begin",
  journal_full: 'the disk took nothing for so long that frames were lost',
  journal_damaged: 'entries of the journal could not be read after a crash',
  registration_refused: 'the venue refused a registration',
  registration_unanswered: 'the venue did not answer a registration',
  not_registered: 'the venue had no room for a registration',
  item_silent: 'an item brought nothing while others of its kind did; it is unknown whether anything is missing',
  volume_missing: 'the cumulative volume grew by more than the trades that came',
  records_expired: 'Kafka had dropped records before they were stored',
  topic_recreated: 'a topic was deleted and made again: what was not stored of the former one is lost',
} as const satisfies Readonly<Record<string, string>>

/** Why something became a dead letter: the codes of `dead_letter.reason`. */
export const deadLetterReasons = {
  too_large: 'a frame of more than 1 MiB, or of more than 20,000 items, is not read',
  not_json: 'the text is no JSON',
  wrong_shape: 'the JSON has another form than the venue documents',
  unknown_type: 'a type that the catalogue does not know',
  no_values: 'an item without values',
  bad_item: 'an item that cannot be one: control characters, spaces, half a character',
  bad_value: 'a value that its column cannot hold',
  refused_by_store: 'QuestDB refused the row',
} as const satisfies Readonly<Record<string, string>>
