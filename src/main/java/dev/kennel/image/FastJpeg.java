package dev.kennel.image;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ422P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ444P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.kennel.image.YccPixels.Plane;
import dev.kennel.image.YccPixels.Sampling;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes sound JPEGs of the usual form, 8 bits of luminance and chrominance, by FFmpeg, four times
 * as fast as Java does. What it does not take, whatever the reason, is left to {@link
 * ImageDecoder}, which finds out what is wrong: this class never refuses an image.
 */
final class FastJpeg {
  private static final Logger LOG = LoggerFactory.getLogger(FastJpeg.class);

  /** From libavcodec: any fault in the data is an error. */
  private static final int EXPLODE = 1 << 3;

  /** Of narrower images libjpeg takes coarse chrominance as it is. */
  private static final int NOT_SMOOTHED = 4;

  /** Decoders that no thread uses at the moment. */
  private static final ConcurrentLinkedQueue<FastJpeg> IDLE = new ConcurrentLinkedQueue<>();

  private static final Map<Integer, Sampling> SAMPLINGS =
      Map.of(
          AV_PIX_FMT_YUVJ420P, Sampling.HALF_AS_WIDE_AND_HIGH,
          AV_PIX_FMT_YUVJ422P, Sampling.HALF_AS_WIDE,
          AV_PIX_FMT_YUVJ444P, Sampling.NOT_COARSER);

  private final AVCodecContext context = avcodec_alloc_context3(Library.DECODER);
  private final AVPacket packet = av_packet_alloc();
  private final AVFrame frame = av_frame_alloc();

  private FastJpeg() {
    context.thread_count(1);
    context.err_recognition(EXPLODE);
    check(avcodec_open2(context, Library.DECODER, (AVDictionary) null));
  }

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

  /** The image, if it can be decoded here and is sound as far as can be told. */
  static Optional<RgbImage> decode(byte[] bytes, long maxPixels) {
    if (!isUsual(bytes, maxPixels) || Library.DECODER == null) {
      return Optional.empty();
    }
    FastJpeg idle = IDLE.poll();
    FastJpeg decoder = idle == null ? new FastJpeg() : idle;
    try {
      return decoder.image(bytes);
    } finally {
      IDLE.add(decoder);
    }
  }

  /** Whether it is a JPEG that has an end, and colours that all decoders take for the same. */
  private static boolean isUsual(byte[] bytes, long maxPixels) {
    int last = bytes.length - 1;
    if (last < 3 || bytes[last - 1] != (byte) 0xff || bytes[last] != (byte) 0xd9) {
      return false;
    }
    boolean hasFrame = false;
    boolean hasScan = false;
    for (JpegSegment segment : JpegSegment.of(bytes)) {
      if (segment.marker() == JpegSegment.ADOBE) {
        return false; // may say that its colours are stored as they are
      }
      hasFrame |= segment.isFrame() && segment.isYcc(bytes) && segment.pixels(bytes) <= maxPixels;
      hasScan |= segment.marker() == JpegSegment.SCAN;
    }
    return hasFrame && hasScan;
  }

  private Optional<RgbImage> image(byte[] bytes) {
    try {
      avcodec_flush_buffers(context);
      check(av_new_packet(packet, bytes.length));
      packet.data().capacity(bytes.length).put(bytes);
      int sent = avcodec_send_packet(context, packet);
      return sent < 0 || avcodec_receive_frame(context, frame) < 0 ? Optional.empty() : taken();
    } finally {
      av_packet_unref(packet);
      av_frame_unref(frame);
    }
  }

  private Optional<RgbImage> taken() {
    int width = frame.width();
    int height = frame.height();
    Sampling sampling = SAMPLINGS.get(frame.format());
    if (sampling == null || frame.decode_error_flags() != 0) {
      return Optional.empty();
    }
    if (sampling != Sampling.NOT_COARSER && width <= NOT_SMOOTHED) {
      return Optional.empty();
    }
    int rows = sampling == Sampling.HALF_AS_WIDE_AND_HIGH ? (height + 1) / 2 : height;
    YccPixels pixels =
        new YccPixels(width, height, sampling, plane(0, height), plane(1, rows), plane(2, rows));
    return Optional.of(new RgbImage(width, height, pixels));
  }

  private Plane plane(int component, int rows) {
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
