package dev.kennel.network;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images that a formula gives, so that any program can make them: pixel i of the batch, counted in
 * the order [image, channel, row, column], is sin(12.9898 · i), computed in double precision and
 * rounded to f32; image n is of class n modulo their number.
 */
final class FormulaBatch {
  private FormulaBatch() {}

  static DataSet of(int images, int classes, int size) {
    float[] pixels = new float[images * 3 * size * size];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) Math.sin(12.9898 * i);
    }
    INDArray features = Nd4j.create(pixels, new long[] {images, 3, size, size}, 'c');
    INDArray labels = Nd4j.zeros(DataType.FLOAT, images, classes);
    for (int i = 0; i < images; i++) {
      labels.putScalar(i, i % classes, 1);
    }
    return new DataSet(features, labels);
  }
}
