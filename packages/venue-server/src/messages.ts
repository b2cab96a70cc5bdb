// What the venue says, in its own words: captured or documented, see `packages/kiwoom/test/fixtures/control`.

const accepted = (trnm: string) => JSON.stringify({ trnm, return_code: 0, return_msg: '' })

export const messages = {
  ping: JSON.stringify({ trnm: 'PING' }),
  loginAccepted: JSON.stringify({ trnm: 'LOGIN', return_code: 0, return_msg: '', sor_yn: 'Y' }),
  loginWithoutToken: JSON.stringify({ trnm: 'LOGIN', return_code: 805002, return_msg: '토큰이 입력되지 않았습니다' }),
  registered: accepted('REG'),
  removed: accepted('REMOVE'),
} as const

/** Texts of the codes that a token is refused with. */
const tokenTexts: Readonly<Record<number, string>> = {
  8001: 'App Key와 Secret Key 검증에 실패했습니다',
  8005: 'Token이 유효하지 않습니다',
  8011: 'Access Token을 발급하는데 실패했습니다. 입력값에 grant_type이 들어오지 않았습니다',
  8012: 'Access Token을 발급하는데 실패했습니다. grant_type의 값이 맞지 않습니다',
  8016: 'Access Token을 폐기하는데 실패했습니다. 입력값에 Token이 들어오지 않았습니다',
  8020: '입력파라미터로 appkey 또는 secretkey가 들어오지 않았습니다',
  8030: '투자구분(실전/모의)이 달라서 Appkey를 사용할수가 없습니다',
  8031: '투자구분(실전/모의)이 달라서 Token를 사용할수가 없습니다',
  8050: '지정단말기 인증에 실패했습니다',
}

const tokenText = (code: number) => tokenTexts[code] ?? '예기치 못한 에러가 발생했습니다'

/** LOGIN refused; the reason stands only in the text, and the connection ends. */
export function loginRefused(code: number): string {
  const text = `토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE=${code}, MESSAGE=${tokenText(code)}]`
  return JSON.stringify({ trnm: 'LOGIN', return_code: 805004, return_msg: text })
}

/** A REST request that was taken. */
export const restAccepted = { return_code: 0, return_msg: '정상적으로 처리되었습니다' }

/** A REST refusal: HTTP 200 all the same. */
export function restRefused(code: number): object {
  return { return_code: 3, return_msg: `인증에 실패했습니다[${code}:${tokenText(code)}]` }
}

/** HTTP 429. */
export const restTooMany = {
  return_code: 5,
  return_msg: '허용된 요청 개수를 초과하였습니다[1700:허용된 API 요청 개수를 초과하였습니다. 유량=5]',
}

/** A request refused by its code; the text names the limit or the member where there is one. */
export function refused(trnm: string, code: number, detail: string | number = ''): string {
  const texts: Readonly<Record<number, string>> = {
    100002: `필수 파라미터가 누락되어 있습니다(parameter=${detail})`,
    // The wire really says `%s`.
    100013: '로그인 인증이 들어오기 전에 다른 전문이 들어왔습니다. 해당 전문은 무시됩니다. (TRNM=%s)',
    105108: `지원하지 않는 TRNM 입니다 (TRNM=${detail})`,
    105110: `해당 TRNM으로 허용된 요청 건수를 초과하였습니다 (TRNM=${trnm})`,
    105111: '실시간 항목 등록에 실패했습니다',
    105115: `실시간 항목 등록에 실패했습니다. 등록 종목이 허용 개수(${detail})를 초과했습니다`,
    105118: `실시간 항목 등록에 실패했습니다. 등록 종목이 그룹번호에 등록할 수 있는 허용 개수(${detail})를 초과했습니다`,
  }
  return JSON.stringify({ trnm, return_code: code, return_msg: texts[code] ?? '예기치 못한 에러가 발생했습니다' })
}

/** Why the venue ends a session. */
export type KickCode = 'R10001' | 'R10002' | 'R10004'

const kicks: Readonly<Record<KickCode, string>> = {
  R10001: '동일한 App key로 접속이 되었습니다. 기존 세션은 종료가 됩니다',
  R10002: '사용자 프로그램으로부터 Heartbeat(연결유지) 메시지가 오지않아서 접속을 종료합니다',
  R10004: '접속허용요청(토큰)이 들어오지 않았습니다',
}

/** The last message of a session. */
export function systemMessage(code: KickCode): string {
  return JSON.stringify({ trnm: 'SYSTEM', code, message: kicks[code] })
}
