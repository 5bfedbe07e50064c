package dev.kennel.image;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ422P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ444P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.kennel.image.YccPixels.Plane;
import dev.kennel.image.YccPixels.Sampling;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes sound JPEGs of the usual form, 8 bits of luminance and chrominance, by FFmpeg, four times
 * as fast as Java does. What it does not take, whatever the reason, is left to {@link AnyFormat},
 * which finds out what is wrong: this class never refuses an image.
 *
 * <p>For a small square it decodes at a half, a quarter or an eighth of the size: of each block of
 * 8 x 8 pixels only as many frequencies as the smaller block can show.
 */
final class FastJpeg {
  private static final Logger LOG = LoggerFactory.getLogger(FastJpeg.class);

  /** From libavcodec: any fault in the data is an error. */
  private static final int EXPLODE = 1 << 3;

  /** Of narrower images libjpeg takes coarse chrominance as it is. */
  private static final int NOT_SMOOTHED = 4;

  /** FFmpeg's {@code lowres}: how often it can halve the size, until a block is one pixel. */
  private static final int MOST_HALVINGS = 3;

  /**
   * How many times the target a reduced side still is at least. At once the target, squares of
   * photographs differ from those of full decoding by 1.5 to 2.2 of 255 on average, at twice by 0.3
   * to 0.8.
   */
  private static final int LEAST_TIMES_TARGET = 2;

  private static final Map<Integer, Sampling> SAMPLINGS =
      Map.of(
          AV_PIX_FMT_YUVJ420P, Sampling.HALF_AS_WIDE_AND_HIGH,
          AV_PIX_FMT_YUVJ422P, Sampling.HALF_AS_WIDE,
          AV_PIX_FMT_YUVJ444P, Sampling.NOT_COARSER);

  /** Loads the library once, when first asked for. */
  private static final class Library {
    static final AVCodec DECODER = decoder();

    private static AVCodec decoder() {
      try {
        av_log_set_level(AV_LOG_QUIET);
        return avcodec_find_decoder(AV_CODEC_ID_MJPEG);
      } catch (LinkageError e) {
        LOG.warn("FFmpeg is not to be had here ({}): JPEGs are decoded by Java", e.toString());
        return null;
      }
    }
  }

  /** The image, not turned, if it can be decoded here and is sound as far as can be told. */
  static Optional<RgbImage> decode(byte[] bytes, DecodeOptions options) {
    return UsualJpeg.of(bytes)
        .filter(jpeg -> Library.DECODER != null)
        .flatMap(jpeg -> decode(jpeg, options));
  }

  private static Optional<RgbImage> decode(UsualJpeg jpeg, DecodeOptions options) {
    int halvings = halvings(Math.min(jpeg.width(), jpeg.height()), options.targetSize());
    Side width = new Side(jpeg.width(), 1 << halvings, 0);
    Side height = new Side(jpeg.height(), 1 << halvings, 0);
    // A new one each time, which takes 20 µs: an old one would use tables of the image before.
    AVCodecContext context = avcodec_alloc_context3(Library.DECODER);
    AVPacket packet = av_packet_alloc();
    AVFrame frame = av_frame_alloc();
    try {
      context.thread_count(1);
      context.err_recognition(EXPLODE);
      context.lowres(halvings);
      context.max_pixels(options.maxPixels());
      check(avcodec_open2(context, Library.DECODER, (AVDictionary) null));
      byte[] data = jpeg.withoutComments();
      check(av_new_packet(packet, data.length));
      packet.data().capacity(data.length).put(data);
      boolean sound =
          avcodec_send_packet(context, packet) >= 0
              && avcodec_receive_frame(context, frame) >= 0
              && frame.decode_error_flags() == 0
              && frame.width() == width.samples()
              && frame.height() == height.samples();
      return sound ? image(frame, width, height) : Optional.empty();
    } finally {
      av_frame_free(frame);
      av_packet_free(packet);
      avcodec_free_context(context);
    }
  }

  /** How often a side can be halved until it would be shorter than is needed for the target. */
  static int halvings(int shorter, int targetSize) {
    int halvings = 0;
    while (targetSize > 0
        && halvings < MOST_HALVINGS
        && shorter >> (halvings + 1) >= (long) LEAST_TIMES_TARGET * targetSize) {
      halvings++;
    }
    return halvings;
  }

  private static Optional<RgbImage> image(AVFrame frame, Side width, Side height) {
    Sampling sampling = SAMPLINGS.get(frame.format());
    int columns = width.samples();
    int rows = height.samples();
    boolean isSmoothed = sampling == Sampling.NOT_COARSER || columns > NOT_SMOOTHED;
    boolean isUpsideDown = frame.linesize(0) < 0;
    if (sampling == null || !isSmoothed || isUpsideDown) {
      return Optional.empty();
    }
    int coarse = sampling == Sampling.HALF_AS_WIDE_AND_HIGH ? (rows + 1) / 2 : rows;
    Plane luminance = plane(frame, 0, rows);
    Plane cb = plane(frame, 1, coarse);
    Plane cr = plane(frame, 2, coarse);
    YccPixels pixels = new YccPixels(columns, rows, sampling, luminance, cb, cr);
    return Optional.of(new RgbImage(width, height, pixels));
  }

  private static Plane plane(AVFrame frame, int component, int rows) {
    int stride = frame.linesize(component);
    byte[] samples = new byte[stride * rows];
    frame.data(component).capacity(samples.length).get(samples);
    return new Plane(samples, stride);
  }

  private static void check(int status) {
    if (status < 0) {
      throw new IllegalStateException("Cannot decode JPEGs: FFmpeg answers " + status);
    }
  }
}
