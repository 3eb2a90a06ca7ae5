export const API_KEY = 'sk-bench';
/** A model writes about fifty pieces a second. */
export const DELTA_DELAY_MS = 20;
export const DELTA_LENGTH = 2;
export const TEXT =
  '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]两样都要，缺一不可。'.repeat(
    6,
  );
export const QUESTION = '「学而不思则罔」是什么意思？';
