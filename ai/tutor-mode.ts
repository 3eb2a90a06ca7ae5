export type TutorMode = 'qa' | 'explain' | 'translate' | 'socratic';

export const TUTOR_MODES: readonly TutorMode[] = ['qa', 'explain', 'translate', 'socratic'];
