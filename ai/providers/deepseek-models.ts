/** What DeepSeek's models are called (https://api-docs.deepseek.com/quick_start/pricing). */
export const deepSeekModels = ['deepseek-flash', 'deepseek-v4-pro'];
