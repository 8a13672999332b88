import { type Brush, barBrush, greyBrush, signedBrush } from '../report/pictures.js';
import type { Shape } from './messages.js';

/** How a unit's weights become a picture: with the report's brushes. */
export const weightBrush = ({ image, inputDim }: Shape): Brush => (image ? signedBrush(image) : barBrush(inputDim));

/** How a row, or what should equal it, does. */
export const rowBrush = ({ image, inputDim, range }: Shape): Brush => (image ? greyBrush(image, ...range) : barBrush(inputDim));
